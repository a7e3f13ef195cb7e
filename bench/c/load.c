/* The load client: tens of thousands of WebSockets on one thread, and never the bottleneck.
 *
 * A client written in the language of the server under test measures itself. This one costs about two microseconds a
 * frame, tells its own CPU time in every report (so a run where it was busy can be thrown away), and checks what it
 * receives: a frame that starts with `{"seq":` is followed per connection, and gaps, duplicates and steps back are counted.
 *
 * It is driven over stdin, one command a line, and answers each with one line of JSON on stdout:
 *
 *   open N INFLIGHT TIMEOUT_MS   open N more, at most INFLIGHT handshakes at once; answers when all are ready or failed
 *   zero                         forget counters and histograms; starts a measured stretch
 *   until EVENTS TIMEOUT_MS      answers when that many events arrived since `zero`
 *   quiet GAP_MS TIMEOUT_MS      answers when no event has arrived for GAP_MS
 *   sleep MS                     keeps reading for that long, then answers
 *   stall FROM TO | wake FROM TO stop reading on these connections; read them again
 *   cursors                      the last seq of every connection
 *   hellos FILE                  take first frames for later opens from this file
 *   drop                         close every connection
 *   quit
 *
 *   pace US                      look for frames only every so many microseconds (0: at once)
 *
 * Why `pace`: a client that sleeps in epoll_wait is woken by the server's own system call, on the server's account, and the
 * faster the server writes the less often that happens. On a network that wake-up is the other machine's. With a pace the
 * client looks by itself, nobody is woken, and the server pays for its own work only. Latency is measured with pace 0.
 *
 * Ready means: the handshake is done and, where --ready is given, a text frame has come that contains it.
 *
 * With --sse 1 a connection is a GET of an endless answer, and the text after each `data:` is a frame.
 */
#define _GNU_SOURCE
#include "wire.h"
#include <signal.h>
#include <strings.h>
#include <sys/epoll.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define UPGRADE \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n"
#define READ_SIZE (256 * 1024)
#define PER_SOURCE 20000 /* connections from one 127.0.0.x: the kernel has 28,232 ports for each */

enum state { CLOSED, CONNECTING, HANDSHAKE, WAITING, READY };

struct connection {
    int fd;
    uint32_t held;          /* bytes of an incomplete frame or head */
    uint8_t *partial;
    uint64_t seq;           /* of the newest entry; 0 = none yet */
    uint64_t began;
    uint32_t events;
    uint8_t state;
    uint8_t stalled;
    uint8_t greeted;
    uint8_t chunked;
    uint32_t chunk;         /* bytes of the chunk that are still to come */
    uint32_t decoded;       /* of `held`, an unfinished line without heads of chunks */
};

/* ---- a histogram with 64 buckets an octave: 1.6 % wide, as HdrHistogram's two digits ---- */
#define OCTAVE 64
static uint64_t histogram[64 * OCTAVE], histogram_count, histogram_max, histogram_sum;

static int bucket_of(uint64_t value) {
    if (value < OCTAVE) return (int)value;
    int shift = 63 - __builtin_clzll(value) - 6;
    return (shift + 1) * OCTAVE + (int)(value >> shift) - OCTAVE;
}
static uint64_t bucket_value(int bucket) {
    if (bucket < OCTAVE) return (uint64_t)bucket;
    int shift = bucket / OCTAVE - 1;
    return ((uint64_t)(bucket % OCTAVE) + OCTAVE) << shift;
}
static void histogram_add(uint64_t value) {
    histogram[bucket_of(value)]++;
    histogram_count++;
    histogram_sum += value;
    if (value > histogram_max) histogram_max = value;
}
static double percentile_us(double share) {
    uint64_t rank = (uint64_t)(share * (double)histogram_count), seen = 0;
    if (!histogram_count) return 0;
    for (int i = 0; i < 64 * OCTAVE; i++)
        if ((seen += histogram[i]) > rank) return (double)bucket_value(i) / 1000.0;
    return (double)histogram_max / 1000.0;
}

/* ---- configuration ---- */
static uint32_t host = 0x7f000001;
static int ports[16], port_count;
static const char *path = "/", *headers = "", *ready_text = "", *event_text = "{\"seq\":", *ping_text = "", *pong_text = "";
static int hello_after_first_frame, receive_buffer, split_lines, pace_us, sse;
static char **hellos, **own_headers;
static size_t hello_count, own_header_count;

/* ---- state ---- */
static struct connection *connections;
static size_t opened, capacity, ready, failed, in_flight, alive;
static size_t wanted, inflight_limit;
static int poller;
static uint64_t events, event_bytes, control_frames, pings, closes, lost_connections, gaps, missing, duplicates, backwards;
static uint64_t zero_wall, zero_cpu, first_event, last_event, storm_began, storm_ended;
static uint64_t refused_by_status, last_close_code;
static uint8_t buffer[READ_SIZE];
static char input[4096];
static size_t input_held;
static const uint64_t never = ~0ull;

enum waiting { NOTHING, FOR_OPEN, FOR_EVENTS, FOR_QUIET, FOR_TIME } waiting;
static uint64_t wait_events, wait_gap, wait_deadline;

/* A hello may be several lines for the server: "\n" written out becomes a line end. */
static void unescape(char *text) {
    char *to = text;
    for (; *text; text++) {
        if (text[0] == '\\' && text[1] == 'n') *to++ = '\n', text++;
        else *to++ = *text;
    }
    *to = 0;
}

static char **read_lines(const char *name, size_t *count) {
    FILE *file = fopen(name, "r");
    if (!file) die(name);
    char **lines = NULL, *line = NULL;
    size_t room = 0, n = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) line[--length] = 0;
        lines = must(realloc(lines, (n + 1) * sizeof *lines));
        unescape(line);
        lines[n++] = must(strdup(line));
    }
    free(line);
    fclose(file);
    *count = n;
    return lines;
}

static void watch(struct connection *c, uint32_t mask, int how) {
    struct epoll_event event = {.events = mask, .data.u64 = (uint64_t)(c - connections)};
    if (epoll_ctl(poller, how, c->fd, &event) < 0) die("epoll_ctl");
}

static void end(struct connection *c) {
    if (c->state == CLOSED) return;
    if (c->state == READY) ready--, lost_connections++;
    else failed++, in_flight--;
    alive--;
    close(c->fd);
    free(c->partial);
    c->partial = NULL;
    c->held = 0;
    c->state = CLOSED;
}

static void become_ready(struct connection *c) {
    if (c->state == READY) return;
    c->state = READY;
    ready++;
    in_flight--;
    storm_ended = now_ns();
    if (waiting == FOR_OPEN) histogram_add(storm_ended - c->began);
}

static void send_text(struct connection *c, const char *text, size_t length, int opcode) {
    uint8_t small[2048], *frame = length + 14 > sizeof small ? must(malloc(length + 14)) : small;
    size_t size = client_frame(frame, opcode, text, length);
    if (send(c->fd, frame, size, MSG_NOSIGNAL) != (ssize_t)size) end(c);
    if (frame != small) free(frame);
}

static void greet(struct connection *c) {
    if (c->greeted || !hello_count) return;
    c->greeted = 1;
    const char *hello = hellos[(size_t)(c - connections) % hello_count];
    send_text(c, hello, strlen(hello), OP_TEXT);
}

static uint64_t number_after(const uint8_t *at, const uint8_t *stop) {
    uint64_t value = 0;
    while (at < stop && *at == ' ') at++;
    while (at < stop && *at >= '0' && *at <= '9') value = value * 10 + (uint64_t)(*at++ - '0');
    return value;
}

static void follow(struct connection *c, uint64_t seq) {
    if (c->seq) {
        if (seq == c->seq) duplicates++;
        else if (seq < c->seq) backwards++;
        else if (seq > c->seq + 1) gaps++, missing += seq - c->seq - 1;
    }
    if (seq > c->seq) c->seq = seq;
}

static int starts(const uint8_t *text, size_t length, const char *with) {
    size_t size = strlen(with);
    return size && length >= size && !memcmp(text, with, size);
}

static void take_text(struct connection *c, const uint8_t *text, size_t length) {
    if (starts(text, length, event_text)) {
        uint64_t now = now_ns();
        if (!events++) first_event = now;
        last_event = now;
        event_bytes += length;
        c->events++;
        if (starts(text, length, "{\"seq\":")) follow(c, number_after(text + 7, text + length));
        const uint8_t *stamp = memmem(text, length, "\"t\":", 4);
        if (stamp) {
            uint64_t sent = number_after(stamp + 4, text + length);
            if (sent && sent <= now) histogram_add(now - sent);
        }
        return;
    }
    control_frames++;
    if (starts(text, length, ping_text)) {
        pings++;
        if (*pong_text) send_text(c, pong_text, strlen(pong_text), OP_TEXT);
        return;
    }
    if (hello_after_first_frame) greet(c);
    if (c->state == WAITING && *ready_text && memmem(text, length, ready_text, strlen(ready_text))) become_ready(c);
}

/* Some servers put several documents into one frame, a line each (--lines 1). */
static void take_lines(struct connection *c, const uint8_t *text, size_t length) {
    while (split_lines && length && c->state != CLOSED) {
        const uint8_t *stop = memchr(text, '\n', length);
        if (!stop) break;
        size_t size = (size_t)(stop - text);
        if (size) take_text(c, text, size);
        text += size + 1;
        length -= size + 1;
    }
    if (length && c->state != CLOSED) take_text(c, text, length);
}

static void take_frame(struct connection *c, const struct frame *frame, const uint8_t *payload) {
    if (frame->opcode == OP_TEXT || frame->opcode == OP_BINARY) take_lines(c, payload, frame->length);
    else if (frame->opcode == OP_PING) send_text(c, (const char *)payload, frame->length, OP_PONG);
    else if (frame->opcode == OP_CLOSE) {
        closes++;
        if (frame->length >= 2) last_close_code = (uint64_t)payload[0] << 8 | payload[1];
        end(c);
    }
}

static size_t take_frames(struct connection *c, const uint8_t *bytes, size_t held) {
    size_t done = 0;
    struct frame frame;
    while (c->state != CLOSED) {
        size_t head = parse_frame_head(bytes + done, held - done, &frame);
        if (!head || held - done < head + frame.length) break;
        take_frame(c, &frame, bytes + done + head);
        done += head + frame.length;
    }
    return done;
}

/* Whether the head of an answer contains this, in any case. */
static int says(const uint8_t *head, size_t size, const char *words) {
    size_t length = strlen(words);
    for (size_t i = 0; i + length <= size; i++)
        if (!strncasecmp((const char *)head + i, words, length)) return 1;
    return 0;
}

static size_t take_handshake(struct connection *c, const uint8_t *bytes, size_t held) {
    const uint8_t *stop = memmem(bytes, held, "\r\n\r\n", 4);
    if (!stop) return 0;
    size_t size = (size_t)(stop - bytes) + 4;
    if (held < 12 || memcmp(bytes + 9, sse ? "200" : "101", 3) || (!sse && !memmem(bytes, size, ACCEPT, 28))) {
        refused_by_status++;
        end(c);
        return size;
    }
    c->state = WAITING;
    c->chunked = sse && says(bytes, size, "transfer-encoding: chunked");
    if (!hello_after_first_frame) greet(c);
    if (c->state == WAITING && !*ready_text) become_ready(c);
    return size;
}

/* The whole lines of Server-Sent Events in these bytes; answers how many bytes they are. */
static size_t take_event_lines(struct connection *c, const uint8_t *text, size_t held) {
    size_t done = 0;
    const uint8_t *stop;
    while (c->state != CLOSED && (stop = memchr(text + done, '\n', held - done))) {
        size_t length = (size_t)(stop - text) - done;
        if (length > 6 && starts(text + done, length, "data: ")) take_text(c, text + done + 6, length - 6);
        done += length + 1;
    }
    return done;
}

/* Take the heads of chunks out of what follows the `decoded` bytes of an unfinished line; answers what there is left to keep. */
static size_t take_chunks(struct connection *c, uint8_t *bytes, size_t held) {
    size_t to = c->decoded, from = c->decoded;
    while (from < held) {
        size_t size = c->chunk < held - from ? c->chunk : held - from;
        memmove(bytes + to, bytes + from, size);
        to += size;
        from += size;
        c->chunk -= (uint32_t)size;
        const uint8_t *stop = c->chunk ? NULL : memchr(bytes + from, '\n', held - from);
        if (!stop) break;
        /* the line end after a chunk is no number, and strtoul would skip it and read on */
        c->chunk = bytes[from] == '\r' ? 0 : (uint32_t)strtoul((const char *)bytes + from, NULL, 16);
        from = (size_t)(stop - bytes) + 1;
    }
    size_t done = take_event_lines(c, bytes, to);
    c->decoded = (uint32_t)(to - done);
    memmove(bytes, bytes + done, c->decoded);
    memmove(bytes + c->decoded, bytes + from, held - from);
    return c->decoded + held - from;
}

static void keep(struct connection *c, const uint8_t *bytes, size_t size) {
    uint8_t *kept = size ? must(malloc(size)) : NULL;
    if (size) memcpy(kept, bytes, size);
    free(c->partial);
    c->partial = kept;
    c->held = (uint32_t)size;
}

static void take_bytes(struct connection *c, uint8_t *bytes, size_t held) {
    size_t done = 0;
    if (c->state == HANDSHAKE) done = take_handshake(c, bytes, held);
    if (c->state >= WAITING && c->chunked) held = done + take_chunks(c, bytes + done, held - done);
    else if (c->state >= WAITING) done += (sse ? take_event_lines : take_frames)(c, bytes + done, held - done);
    if (c->state != CLOSED) keep(c, bytes + done, held - done);
}

static void readable(struct connection *c) {
    size_t held = c->held;
    if (held) memcpy(buffer, c->partial, held);
    ssize_t got = recv(c->fd, buffer + held, sizeof buffer - held, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        end(c);
        return;
    }
    take_bytes(c, buffer, held + (size_t)got);
}

static void expand(char *out, size_t room, const char *pattern, size_t index) {
    size_t n = 0;
    for (; *pattern && n + 24 < room; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 'i') n += (size_t)sprintf(out + n, "%zu", index + 1), pattern++;
        else out[n++] = *pattern;
    }
    out[n] = 0;
}

static void connected(struct connection *c) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem) {
        end(c);
        return;
    }
    char request[8192], where[1024];
    size_t index = (size_t)(c - connections);
    expand(where, sizeof where, path, index);
    const char *own = own_header_count ? own_headers[index % own_header_count] : "";
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s%s\r\n", where,
                     sse ? "Accept: text/event-stream\r\n" : UPGRADE, headers, own, *own ? "\r\n" : "");
    c->state = HANDSHAKE;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
    if (send(c->fd, request, (size_t)n, MSG_NOSIGNAL) != n) end(c);
}

static void open_one(void) {
    if (opened == capacity) die("more connections than --max");
    struct connection *c = &connections[opened];
    memset(c, 0, sizeof *c);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket");
    int yes = 1;
    struct sockaddr_in from = address_of(0x7f000002 + (uint32_t)(opened / PER_SOURCE), 0);
    struct sockaddr_in to = address_of(host, ports[opened % (size_t)port_count]);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (receive_buffer) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
    opened++;
    alive++;
    in_flight++;
    c->began = now_ns();
    c->state = CONNECTING;
    int result = connect(c->fd, (struct sockaddr *)&to, sizeof to);
    if (result < 0 && errno != EINPROGRESS) {
        watch(c, EPOLLOUT, EPOLL_CTL_ADD);
        end(c);
        return;
    }
    watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void zero(void) {
    events = event_bytes = control_frames = pings = closes = lost_connections = 0;
    gaps = missing = duplicates = backwards = 0;
    memset(histogram, 0, sizeof histogram);
    histogram_count = histogram_max = histogram_sum = 0;
    first_event = last_event = 0;
    for (size_t i = 0; i < opened; i++) connections[i].events = 0;
    zero_wall = now_ns();
    zero_cpu = cpu_ns();
}

static void report(const char *name) {
    double wall = (double)(now_ns() - zero_wall) / 1e9, cpu = (double)(cpu_ns() - zero_cpu) / 1e9;
    uint64_t least = never, most = 0;
    for (size_t i = 0; i < opened; i++) {
        if (connections[i].state != READY) continue;
        if (connections[i].events < least) least = connections[i].events;
        if (connections[i].events > most) most = connections[i].events;
    }
    printf("{\"answer\":\"%s\",\"events\":%lu,\"bytes\":%lu,\"control\":%lu,\"pings\":%lu,\"closes\":%lu,\"close_code\":%lu,"
           "\"lost_connections\":%lu,\"refused\":%lu,\"ready\":%zu,\"failed\":%zu,\"gaps\":%lu,\"missing\":%lu,"
           "\"duplicates\":%lu,\"backwards\":%lu,\"least\":%lu,\"most\":%lu,\"wall\":%.6f,\"cpu\":%.6f,\"busy\":%.4f,"
           "\"first_to_last\":%.6f,\"open_seconds\":%.6f,\"first_at\":%lu,\"last_at\":%lu,"
           "\"latency_us\":{\"count\":%lu,\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}}\n",
           name, events, event_bytes, control_frames, pings, closes, last_close_code, lost_connections, refused_by_status,
           ready, failed, gaps, missing, duplicates, backwards, least == never ? 0 : least, most, wall, cpu,
           wall > 0 ? cpu / wall : 0, (double)(last_event - first_event) / 1e9,
           storm_ended > storm_began ? (double)(storm_ended - storm_began) / 1e9 : 0, first_event, last_event,
           histogram_count, histogram_count ? (double)histogram_sum / (double)histogram_count / 1e3 : 0,
           percentile_us(.5), percentile_us(.9), percentile_us(.99), percentile_us(.999), (double)histogram_max / 1e3);
    fflush(stdout);
}

static void done_waiting(const char *name) {
    waiting = NOTHING;
    report(name);
}

static void check_waiting(void) {
    uint64_t now = now_ns();
    if (waiting == FOR_OPEN) {
        while (opened < wanted && in_flight < inflight_limit) open_one();
        if (opened >= wanted && !in_flight) done_waiting("open");
        else if (now >= wait_deadline) done_waiting("open timeout");
    } else if (waiting == FOR_EVENTS) {
        if (events >= wait_events) done_waiting("until");
        else if (now >= wait_deadline) done_waiting("until timeout");
    } else if (waiting == FOR_QUIET) {
        uint64_t newest = last_event > zero_wall ? last_event : zero_wall;
        if (now - newest >= wait_gap) done_waiting("quiet");
        else if (now >= wait_deadline) done_waiting("quiet timeout");
    } else if (waiting == FOR_TIME && now >= wait_deadline) done_waiting("sleep");
}

static int patience_ms(void) {
    if (waiting == NOTHING) return -1;
    uint64_t now = now_ns(), until = wait_deadline;
    if (waiting == FOR_QUIET) {
        uint64_t newest = last_event > zero_wall ? last_event : zero_wall;
        if (newest + wait_gap < until) until = newest + wait_gap;
    }
    return until <= now ? 0 : (int)((until - now) / 1000000 + 1);
}

static void start_waiting(enum waiting what, double milliseconds) {
    waiting = what;
    wait_deadline = now_ns() + (uint64_t)(milliseconds * 1e6);
}

static void answer(const char *name) {
    printf("{\"answer\":\"%s\"}\n", name);
    fflush(stdout);
}

static void set_reading(size_t from, size_t to, int reading) {
    for (size_t i = from; i < to && i < opened; i++) {
        struct connection *c = &connections[i];
        if (c->state == CLOSED || c->stalled == !reading) continue;
        watch(c, reading ? EPOLLIN : 0, EPOLL_CTL_MOD);
        c->stalled = (uint8_t)!reading;
    }
}

static void drop_all(void) {
    for (size_t i = 0; i < opened; i++) {
        struct connection *c = &connections[i];
        if (c->state == CLOSED) continue;
        close(c->fd);
        free(c->partial);
    }
    opened = ready = in_flight = alive = failed = 0;
}

static void tell_cursors(void) {
    printf("{\"answer\":\"cursors\",\"seqs\":[");
    for (size_t i = 0; i < opened; i++) printf(i ? ",%lu" : "%lu", connections[i].seq);
    printf("]}\n");
    fflush(stdout);
}

static void command(char *line) {
    char name[1024];
    double a = 0, b = 0, c = 0;
    if (sscanf(line, "hellos %1023s", name) == 1) {
        hellos = read_lines(name, &hello_count);
        answer("hellos");
    } else if (sscanf(line, "open %lf %lf %lf", &a, &b, &c) == 3) {
        zero();
        failed = 0;
        storm_began = storm_ended = now_ns();
        wanted = opened + (size_t)a;
        inflight_limit = (size_t)b;
        start_waiting(FOR_OPEN, c);
    } else if (!strcmp(line, "zero")) {
        zero();
        answer("zero");
    } else if (sscanf(line, "until %lf %lf", &a, &b) == 2) {
        wait_events = (uint64_t)a;
        start_waiting(FOR_EVENTS, b);
    } else if (sscanf(line, "quiet %lf %lf", &a, &b) == 2) {
        wait_gap = (uint64_t)(a * 1e6);
        start_waiting(FOR_QUIET, b);
    } else if (sscanf(line, "sleep %lf", &a) == 1) {
        start_waiting(FOR_TIME, a);
    } else if (sscanf(line, "pace %lf", &a) == 1) {
        pace_us = (int)a;
        answer("pace");
    } else if (sscanf(line, "stall %lf %lf", &a, &b) == 2) {
        set_reading((size_t)a, (size_t)b, 0);
        answer("stall");
    } else if (sscanf(line, "wake %lf %lf", &a, &b) == 2) {
        set_reading((size_t)a, (size_t)b, 1);
        answer("wake");
    } else if (!strcmp(line, "cursors")) {
        tell_cursors();
    } else if (!strcmp(line, "drop")) {
        drop_all();
        answer("drop");
    } else if (!strcmp(line, "quit")) {
        exit(0);
    } else {
        answer("unknown command");
    }
}

static void take_input(void) {
    ssize_t got = read(0, input + input_held, sizeof input - input_held - 1);
    if (got <= 0) exit(0);
    input_held += (size_t)got;
    input[input_held] = 0;
    char *stop;
    while ((stop = memchr(input, '\n', input_held))) {
        *stop = 0;
        size_t size = (size_t)(stop - input) + 1;
        command(input);
        memmove(input, input + size, input_held - size + 1);
        input_held -= size;
    }
}

static void options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--port")) ports[port_count++ & 15] = atoi(value);
        else if (!strcmp(name, "--path")) path = value;
        else if (!strcmp(name, "--headers")) headers = value;
        else if (!strcmp(name, "--ready")) ready_text = value;
        else if (!strcmp(name, "--event")) event_text = value;
        else if (!strcmp(name, "--ping")) ping_text = value;
        else if (!strcmp(name, "--pong")) pong_text = value;
        else if (!strcmp(name, "--hellos")) hellos = read_lines(value, &hello_count);
        else if (!strcmp(name, "--own-headers")) own_headers = read_lines(value, &own_header_count);
        else if (!strcmp(name, "--sse")) sse = atoi(value);
        else if (!strcmp(name, "--hello-after-first-frame")) hello_after_first_frame = atoi(value);
        else if (!strcmp(name, "--receive-buffer")) receive_buffer = atoi(value);
        else if (!strcmp(name, "--lines")) split_lines = atoi(value);
        else if (!strcmp(name, "--max")) capacity = (size_t)atol(value);
        else {
            fprintf(stderr, "unknown option %s\n", name);
            exit(2);
        }
    }
    if (!port_count || !capacity) {
        fprintf(stderr, "--port and --max are needed\n");
        exit(2);
    }
}

int main(int argc, char **argv) {
    static struct epoll_event ready_events[8192];
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    options(argc, argv);
    connections = must(calloc(capacity, sizeof *connections));
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event stdin_event = {.events = EPOLLIN, .data.u64 = never};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, 0, &stdin_event) < 0) die("epoll_ctl stdin");
    zero();
    for (;;) {
        if (pace_us && waiting != NOTHING) {
            struct timespec pause = {0, pace_us * 1000};
            nanosleep(&pause, NULL);
        }
        int count = epoll_wait(poller, ready_events, 8192, pace_us && waiting != NOTHING ? 0 : patience_ms());
        for (int i = 0; i < count; i++) {
            if (ready_events[i].data.u64 == never) {
                take_input();
                continue;
            }
            struct connection *c = &connections[ready_events[i].data.u64];
            if (c->state == CLOSED) continue;
            if (c->state == CONNECTING) connected(c);
            else if (!c->stalled || !(ready_events[i].events & EPOLLIN)) readable(c);
        }
        check_waiting();
    }
}
