/* The few pieces of RFC 6455 and POSIX that the load client and the reference server share.
 *
 * Both must write and read the very same bytes, or the comparison would be between two dialects: so the handshake key,
 * the frame heads and the clocks live here once. Everything is static inline; there is no library to build.
 */
#ifndef NUMENEON_BENCH_WIRE_H
#define NUMENEON_BENCH_WIRE_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OP_TEXT 1
#define OP_BINARY 2
#define OP_CLOSE 8
#define OP_PING 9
#define OP_PONG 10

static inline uint64_t clock_ns(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
static inline uint64_t cpu_ns(void) { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

static inline void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline void *must(void *memory) {
    if (!memory) die("out of memory");
    return memory;
}

static inline void raise_descriptor_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static inline void make_nonblocking(int fd) {
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) die("fcntl");
}

static inline struct sockaddr_in address_of(uint32_t host_order, int port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host_order);
    address.sin_port = htons((uint16_t)port);
    return address;
}

/* The head of an unmasked frame (server to client); returns its length, at most 10. */
static inline int server_frame_head(uint8_t *head, int opcode, size_t length) {
    head[0] = (uint8_t)(0x80 | opcode);
    if (length < 126) {
        head[1] = (uint8_t)length;
        return 2;
    }
    if (length < 65536) {
        head[1] = 126;
        head[2] = (uint8_t)(length >> 8);
        head[3] = (uint8_t)length;
        return 4;
    }
    head[1] = 127;
    for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    return 10;
}

/* A whole masked frame (client to server) into `out`, which must hold length + 14; returns its length. */
static inline size_t client_frame(uint8_t *out, int opcode, const char *text, size_t length) {
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    int head = server_frame_head(out, opcode, length);
    out[1] |= 0x80;
    memcpy(out + head, mask, 4);
    for (size_t i = 0; i < length; i++) out[head + 4 + (int)i] = (uint8_t)text[i] ^ mask[i & 3];
    return (size_t)head + 4 + length;
}

/* One frame's extent in a buffer. Returns 0 when the head is not complete yet, else the head's length. */
struct frame {
    int opcode;
    int masked;
    size_t length;
    const uint8_t *mask;
};

static inline size_t parse_frame_head(const uint8_t *bytes, size_t held, struct frame *frame) {
    if (held < 2) return 0;
    size_t head = 2;
    uint64_t length = bytes[1] & 0x7f;
    if (length == 126) {
        if (held < 4) return 0;
        length = (uint64_t)bytes[2] << 8 | bytes[3];
        head = 4;
    } else if (length == 127) {
        if (held < 10) return 0;
        length = 0;
        for (int i = 0; i < 8; i++) length = length << 8 | bytes[2 + i];
        head = 10;
    }
    frame->opcode = bytes[0] & 0x0f;
    frame->masked = bytes[1] >> 7;
    frame->length = (size_t)length;
    frame->mask = bytes + head;
    if (frame->masked) head += 4;
    return held < head ? 0 : head;
}

/* SHA-1 of one short message (FIPS 180-4), for the handshake only. */
static inline void sha1(const uint8_t *message, size_t length, uint8_t digest[20]) {
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    uint8_t block[128];
    size_t padded = length < 56 ? 64 : 128;
    memset(block, 0, sizeof block);
    memcpy(block, message, length);
    block[length] = 0x80;
    for (int i = 0; i < 8; i++) block[padded - 1 - (size_t)i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
    for (size_t at = 0; at < padded; at += 64) {
        uint32_t w[80];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)block[at + 4 * i] << 24 | (uint32_t)block[at + 4 * i + 1] << 16 |
                   (uint32_t)block[at + 4 * i + 2] << 8 | block[at + 4 * i + 3];
        for (int i = 16; i < 80; i++) {
            uint32_t x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
            w[i] = x << 1 | x >> 31;
        }
        uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
            else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
            else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
            else f = b ^ c ^ d, k = 0xCA62C1D6;
            uint32_t next = (a << 5 | a >> 27) + f + e + k + w[i];
            e = d, d = c, c = b << 30 | b >> 2, b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

/* Sec-WebSocket-Accept for a 24-character key, as a NUL-terminated string of 28. */
static inline void accept_of(const char *key, char out[29]) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t text[60], digest[21];
    memcpy(text, key, 24);
    memcpy(text + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    sha1(text, sizeof text, digest);
    digest[20] = 0;
    for (int i = 0; i < 7; i++) {
        uint32_t three = (uint32_t)digest[3 * i] << 16 | (uint32_t)digest[3 * i + 1] << 8 | digest[3 * i + 2];
        for (int j = 0; j < 4; j++) out[4 * i + j] = alphabet[three >> (18 - 6 * j) & 63];
    }
    out[27] = '=';
    out[28] = 0;
}

#endif
