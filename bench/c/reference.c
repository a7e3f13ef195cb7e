/* H, the limit: what a WebSocket fan-out costs on this machine when a program does nothing but the system calls.
 *
 * One thread, epoll, SHA-1 of its own, one write per frame and connection, no authentication, no cursor, no database. Every
 * other figure of this suite is given as a multiple of this one, measured in the same run, because the machine's own speed
 * swings by a factor of two while the ratio stays.
 *
 *   reference --port P [--redis PORT]
 *
 * A connection to /anything?user=N belongs to user N. Events arrive on the Redis channel `bench`, as everywhere in the
 * suite: "a\n<text>" goes to every connection, "u N\n<text>" to those of user N. `a` frames are built once. A line "cpu"
 * on stdin is answered with the process's CPU nanoseconds.
 */
#define _GNU_SOURCE
#include "wire.h"
#include <signal.h>
#include <sys/epoll.h>

#define MAX_FD 1100000
#define LISTENER ((uint64_t)1 << 40)
#define REDIS ((uint64_t)2 << 40)
#define CONTROL ((uint64_t)3 << 40)

struct client {
    int user, next;      /* next fd of the same user, 0 = none */
    uint32_t held;
    uint8_t open;        /* 0 free, 1 handshake, 2 open */
    uint8_t blocked;
    uint8_t *partial;
    uint8_t *pending;    /* what a full socket buffer did not take */
    uint32_t pending_size;
};

static struct client *clients;
static int *first_of_user, highest_fd, poller, redis_fd = -1;
static uint8_t buffer[256 * 1024], redis_buffer[1024 * 1024];
static size_t redis_held;

static void watch(int fd, uint64_t what, uint32_t mask, int how) {
    struct epoll_event event = {.events = mask, .data.u64 = what};
    if (epoll_ctl(poller, how, fd, &event) < 0) die("epoll_ctl");
}

static void end(int fd) {
    struct client *c = &clients[fd];
    if (c->user >= 0) {
        int *link = &first_of_user[c->user];
        while (*link && *link != fd) link = &clients[*link].next;
        if (*link) *link = c->next;
    }
    free(c->partial);
    free(c->pending);
    memset(c, 0, sizeof *c);
    close(fd);
}

static void queue(int fd, const uint8_t *bytes, size_t size) {
    struct client *c = &clients[fd];
    c->pending = must(realloc(c->pending, c->pending_size + size));
    memcpy(c->pending + c->pending_size, bytes, size);
    c->pending_size += (uint32_t)size;
    if (!c->blocked) watch(fd, (uint64_t)fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    c->blocked = 1;
}

static void put(int fd, const uint8_t *bytes, size_t size) {
    if (clients[fd].blocked) {
        queue(fd, bytes, size);
        return;
    }
    ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent == (ssize_t)size) return;
    if (sent < 0 && errno != EAGAIN) return; /* its end is seen by epoll */
    queue(fd, bytes + (sent > 0 ? sent : 0), size - (size_t)(sent > 0 ? sent : 0));
}

static void writable(int fd) {
    struct client *c = &clients[fd];
    ssize_t sent = send(fd, c->pending, c->pending_size, MSG_NOSIGNAL);
    if (sent <= 0) return;
    c->pending_size -= (uint32_t)sent;
    memmove(c->pending, c->pending + sent, c->pending_size);
    if (c->pending_size) return;
    c->blocked = 0;
    watch(fd, (uint64_t)fd, EPOLLIN, EPOLL_CTL_MOD);
}

static void publish(const char *message, size_t size) {
    static uint8_t frame[70000];
    const char *text = memchr(message, '\n', size);
    if (!text || size > 65000) return;
    text++;
    size_t length = size - (size_t)(text - message);
    int head = server_frame_head(frame, OP_TEXT, length);
    memcpy(frame + head, text, length);
    if (message[0] == 'a') {
        for (int fd = 0; fd <= highest_fd; fd++)
            if (clients[fd].open == 2) put(fd, frame, (size_t)head + length);
    } else {
        int user = atoi(message + 2);
        if (user < 0 || user >= MAX_FD) return;
        for (int fd = first_of_user[user]; fd; fd = clients[fd].next) put(fd, frame, (size_t)head + length);
    }
}

/* One RESP value: returns its size, 0 when incomplete. Of arrays, the last bulk string is the message. */
static size_t resp(const uint8_t *at, size_t held, const char **text, size_t *length) {
    const uint8_t *line = memmem(at, held, "\r\n", 2);
    if (!line) return 0;
    size_t head = (size_t)(line - at) + 2;
    long count = atol((const char *)at + 1);
    if (at[0] == '$') {
        if (count < 0) return head;
        if (held < head + (size_t)count + 2) return 0;
        *text = (const char *)at + head;
        *length = (size_t)count;
        return head + (size_t)count + 2;
    }
    if (at[0] != '*') return head;
    for (long i = 0; i < count; i++) {
        size_t size = resp(at + head, held - head, text, length);
        if (!size) return 0;
        head += size;
    }
    return head;
}

static void redis_readable(void) {
    ssize_t got = recv(redis_fd, redis_buffer + redis_held, sizeof redis_buffer - redis_held - 1, 0);
    if (got <= 0) die("redis went away");
    redis_held += (size_t)got;
    redis_buffer[redis_held] = 0;
    size_t done = 0;
    for (;;) {
        const char *text = NULL;
        size_t length = 0, size = resp(redis_buffer + done, redis_held - done, &text, &length);
        if (!size) break;
        if (text && length > 2) publish(text, length);
        done += size;
    }
    memmove(redis_buffer, redis_buffer + done, redis_held - done);
    redis_held -= done;
}

static void redis_connect(int port) {
    static const char subscribe[] = "*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n";
    struct sockaddr_in to = address_of(0x7f000001, port);
    redis_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(redis_fd, (struct sockaddr *)&to, sizeof to) < 0) die("redis");
    if (send(redis_fd, subscribe, sizeof subscribe - 1, 0) < 0) die("redis");
    watch(redis_fd, REDIS, EPOLLIN, EPOLL_CTL_ADD);
}

static size_t handshake(int fd, const uint8_t *bytes, size_t held) {
    const uint8_t *stop = memmem(bytes, held, "\r\n\r\n", 4);
    if (!stop) return 0;
    size_t size = (size_t)(stop - bytes) + 4;
    const char *key = memmem(bytes, size, "Sec-WebSocket-Key: ", 19), *user = memmem(bytes, size, "user=", 5);
    if (!key || key + 19 + 24 > (const char *)stop) {
        end(fd);
        return size;
    }
    char accept[29], response[256];
    accept_of(key + 19, accept);
    int n = snprintf(response, sizeof response,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    struct client *c = &clients[fd];
    c->open = 2;
    c->user = user ? atoi(user + 5) : 0;
    if (c->user < 0 || c->user >= MAX_FD) c->user = 0;
    c->next = first_of_user[c->user];
    first_of_user[c->user] = fd;
    put(fd, (uint8_t *)response, (size_t)n);
    return size;
}

static size_t frames(int fd, const uint8_t *bytes, size_t held) {
    size_t done = 0;
    struct frame frame;
    for (;;) {
        size_t head = parse_frame_head(bytes + done, held - done, &frame);
        if (!head || held - done < head + frame.length) return done;
        done += head + frame.length;
        if (frame.opcode == OP_CLOSE) {
            end(fd);
            return done;
        }
    }
}

static void readable(int fd) {
    struct client *c = &clients[fd];
    size_t held = c->held, done;
    if (held) memcpy(buffer, c->partial, held);
    ssize_t got = recv(fd, buffer + held, sizeof buffer - held, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        end(fd);
        return;
    }
    held += (size_t)got;
    done = c->open == 1 ? handshake(fd, buffer, held) : 0;
    if (c->open == 2) done += frames(fd, buffer + done, held - done);
    if (!c->open) return;
    free(c->partial);
    c->partial = NULL;
    c->held = (uint32_t)(held - done);
    if (c->held) memcpy(c->partial = must(malloc(c->held)), buffer + done, c->held);
}

static void accept_all(int listener) {
    for (int i = 0; i < 256; i++) {
        int yes = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        memset(&clients[fd], 0, sizeof clients[fd]);
        clients[fd].open = 1;
        clients[fd].user = -1;
        if (fd > highest_fd) highest_fd = fd;
        watch(fd, (uint64_t)fd, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static int listen_on(int port) {
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = address_of(0x7f000001, port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 4096) < 0) die("listen");
    return fd;
}

static void control(void) {
    char line[256];
    ssize_t got = read(0, line, sizeof line);
    if (got <= 0) exit(0);
    printf("{\"cpu_ns\":%lu}\n", cpu_ns());
    fflush(stdout);
}

int main(int argc, char **argv) {
    static struct epoll_event events[1024];
    int port = 0, redis_port = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--port")) port = atoi(argv[i + 1]);
        if (!strcmp(argv[i], "--redis")) redis_port = atoi(argv[i + 1]);
    }
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    clients = must(calloc(MAX_FD, sizeof *clients));
    first_of_user = must(calloc(MAX_FD, sizeof *first_of_user));
    poller = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on(port);
    watch(listener, LISTENER, EPOLLIN, EPOLL_CTL_ADD);
    struct epoll_event stdin_event = {.events = EPOLLIN, .data.u64 = CONTROL};
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &stdin_event); /* a file or /dev/null cannot be polled: then there is no control */
    if (redis_port) redis_connect(redis_port);
    for (;;) {
        int count = epoll_wait(poller, events, 1024, -1);
        for (int i = 0; i < count; i++) {
            uint64_t what = events[i].data.u64;
            if (what == LISTENER) accept_all(listener);
            else if (what == REDIS) redis_readable();
            else if (what == CONTROL) control();
            else {
                int fd = (int)what;
                if (clients[fd].open && events[i].events & EPOLLOUT) writable(fd);
                if (clients[fd].open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(fd);
            }
        }
    }
}
