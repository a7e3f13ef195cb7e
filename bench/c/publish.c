/* Publishes events to Redis at a steady rate, so that the rate is the benchmark's and not the publishing language's.
 *
 *   publish REDIS_PORT CHANNEL BODY USERS [FIRST_USER [SPREAD [BUCKETS]]]
 *
 * Driven over stdin: "send RATE COUNT" publishes COUNT messages to users in turn, RATE a second (0: as fast as Redis takes
 * them), and answers with one line of JSON. In CHANNEL and BODY, {u} becomes the user, {b} the user modulo BUCKETS, {s} that user's next number (from 1, or
 * with SPREAD 1 from another place for each user, the same as candidates/numeneon/places.py)
 * and {t} the CLOCK_MONOTONIC nanoseconds of sending. {U}, {S} and {T} are the same in binary, big-endian, 4, 4 and 8 bytes,
 * {n} is the length in 4 bytes of all that follows it, and \n and \xNN are bytes: enough to write MessagePack.
 * Messages due together go out in one write.
 */
#define _GNU_SOURCE
#include "wire.h"
#include <poll.h>

#define MOST_AT_ONCE 512

static int redis_fd;
static const char *channel, *body;
static long users, first_user = 1, spread, buckets = 1, turn;
static uint64_t *numbers, replies, receivers;
static char out[MOST_AT_ONCE * 2048], rest[65536];
static size_t rest_held;

static char *binary(char *to, uint64_t value, int size) {
    for (int i = size - 1; i >= 0; i--) *to++ = (char)(value >> (8 * i));
    return to;
}

static int hexadecimal(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static size_t expand(char *into, const char *pattern, long user, uint64_t number, uint64_t at) {
    char *to = into, *length = NULL;
    for (; *pattern; pattern++) {
        if (!strncmp(pattern, "{u}", 3)) to += sprintf(to, "%ld", user), pattern += 2;
        else if (!strncmp(pattern, "{b}", 3)) to += sprintf(to, "%ld", user % buckets), pattern += 2;
        else if (!strncmp(pattern, "{s}", 3)) to += sprintf(to, "%lu", number), pattern += 2;
        else if (!strncmp(pattern, "{t}", 3)) to += sprintf(to, "%lu", at), pattern += 2;
        else if (!strncmp(pattern, "{U}", 3)) to = binary(to, (uint64_t)user, 4), pattern += 2;
        else if (!strncmp(pattern, "{S}", 3)) to = binary(to, number, 4), pattern += 2;
        else if (!strncmp(pattern, "{T}", 3)) to = binary(to, at, 8), pattern += 2;
        else if (!strncmp(pattern, "{n}", 3)) length = to, to += 4, pattern += 2;
        else if (!strncmp(pattern, "\\x", 2)) *to++ = (char)(hexadecimal(pattern[2]) << 4 | hexadecimal(pattern[3])), pattern += 3;
        else if (!strncmp(pattern, "\\n", 2)) *to++ = '\n', pattern++;
        else *to++ = *pattern;
    }
    if (length) binary(length, (uint64_t)(to - length - 4), 4);
    return (size_t)(to - into);
}

static size_t compose(char *into) {
    char name[256], text[1600];
    long index = turn++ % users;
    uint64_t number = (spread ? (uint64_t)(first_user + index) * 7919 % 900000 : 0) + ++numbers[index];
    size_t name_size = expand(name, channel, first_user + index, number, 0);
    size_t size = expand(text, body, first_user + index, number, now_ns());
    int n = sprintf(into, "*3\r\n$7\r\nPUBLISH\r\n$%zu\r\n%.*s\r\n$%zu\r\n", name_size, (int)name_size, name, size);
    memcpy(into + n, text, size);
    memcpy(into + n + size, "\r\n", 2);
    return (size_t)n + size + 2;
}

static void write_all(const char *bytes, size_t size) {
    while (size) {
        ssize_t sent = send(redis_fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) die("redis");
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void take_replies(int block) {
    ssize_t got = recv(redis_fd, rest + rest_held, sizeof rest - rest_held, block ? 0 : MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) die("redis went away");
    rest_held += (size_t)got;
    size_t done = 0;
    for (;;) {
        char *stop = memchr(rest + done, '\n', rest_held - done);
        if (!stop) break;
        if (rest[done] == '-') die("redis refused");
        replies++;
        receivers += (uint64_t)atol(rest + done + 1);
        done = (size_t)(stop - rest) + 1;
    }
    memmove(rest, rest + done, rest_held - done);
    rest_held -= done;
}

static void send_events(double rate, uint64_t count) {
    uint64_t began = now_ns(), sent = 0, cpu = cpu_ns(), late = 0;
    replies = receivers = 0;
    while (sent < count) {
        uint64_t due = rate > 0 ? (uint64_t)((double)(now_ns() - began) * rate / 1e9) + 1 : count;
        if (due > count) due = count;
        if (due - sent > late) late = due - sent;
        size_t size = 0;
        for (int i = 0; i < MOST_AT_ONCE && sent < due; i++, sent++) size += compose(out + size);
        if (size) write_all(out, size);
        take_replies(sent - replies > 20000);
        if (rate > 0 && sent >= due && sent < count) {
            struct timespec pause = {0, (long)(1e9 / rate) > 200000 ? (long)(1e9 / rate) / 2 : 100000};
            nanosleep(&pause, NULL);
        }
    }
    uint64_t until = now_ns();
    while (replies < sent) take_replies(1);
    printf("{\"answer\":\"sent\",\"count\":%lu,\"seconds\":%.6f,\"receivers\":%lu,\"cpu\":%.6f,\"most_at_once\":%lu}\n", sent,
           (double)(until - began) / 1e9, receivers, (double)(cpu_ns() - cpu) / 1e9, late);
    fflush(stdout);
}

int main(int argc, char **argv) {
    char line[256];
    double rate, count;
    if (argc < 5) {
        fprintf(stderr, "usage: publish REDIS_PORT CHANNEL BODY USERS [FIRST_USER]\n");
        return 2;
    }
    channel = argv[2];
    body = argv[3];
    users = atol(argv[4]);
    if (argc > 5) first_user = atol(argv[5]);
    if (argc > 6) spread = atol(argv[6]);
    if (argc > 7) buckets = atol(argv[7]);
    numbers = must(calloc((size_t)users, sizeof *numbers));
    struct sockaddr_in to = address_of(0x7f000001, atoi(argv[1]));
    int yes = 1;
    redis_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(redis_fd, (struct sockaddr *)&to, sizeof to) < 0) die("redis");
    setsockopt(redis_fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "send %lf %lf", &rate, &count) == 2) send_events(rate, (uint64_t)count);
        else if (!strncmp(line, "quit", 4)) return 0;
    }
    return 0;
}
