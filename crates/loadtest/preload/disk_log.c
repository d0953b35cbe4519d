/* Preloaded into the server by the fault test "disk": writes down when it read from sockets, synced a file, and said
 * "accepted" on a socket. A line each: KIND DESCRIPTOR BEGAN ENDED, times of the monotonic clock in nanoseconds.
 *   R  bytes were read from a socket
 *   D  fdatasync or fsync returned 0
 *   A  a frame that says "accepted" is about to be written to a socket
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ACCEPTED "\"type\":\"accepted\""

static int log_file = -1;

__attribute__((constructor)) static void open_log(void) {
    const char *path = getenv("BECKON_DISK_LOG");
    if (path) log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* One write for each line: lines of several threads do not mix. Not write(), which is caught here. */
static void note(char kind, int descriptor, uint64_t began, uint64_t ended) {
    char line[96];
    int saved = errno;
    int length = snprintf(line, sizeof line, "%c %d %llu %llu\n", kind, descriptor, (unsigned long long)began,
                          (unsigned long long)ended);
    if (log_file >= 0) syscall(SYS_write, log_file, line, (size_t)length);
    errno = saved;
}

static int is_socket(int descriptor) {
    int type, saved = errno;
    socklen_t length = sizeof type;
    int found = getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    errno = saved;
    return found;
}

static void written(int descriptor, const void *bytes, size_t length) {
    if (bytes && memmem(bytes, length, ACCEPTED, strlen(ACCEPTED)) && is_socket(descriptor)) {
        uint64_t time = now();
        note('A', descriptor, time, time);
    }
}

static void written_parts(int descriptor, const struct iovec *parts, int count) {
    for (int part = 0; part < count; part++) written(descriptor, parts[part].iov_base, parts[part].iov_len);
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int fdatasync(int descriptor) {
    REAL(fdatasync);
    uint64_t began = now();
    int result = real(descriptor);
    if (result == 0) note('D', descriptor, began, now());
    return result;
}

int fsync(int descriptor) {
    REAL(fsync);
    uint64_t began = now();
    int result = real(descriptor);
    if (result == 0) note('D', descriptor, began, now());
    return result;
}

ssize_t send(int descriptor, const void *bytes, size_t length, int flags) {
    REAL(send);
    written(descriptor, bytes, length);
    return real(descriptor, bytes, length, flags);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    REAL(write);
    written(descriptor, bytes, length);
    return real(descriptor, bytes, length);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev);
    written_parts(descriptor, parts, count);
    return real(descriptor, parts, count);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    REAL(sendmsg);
    written_parts(descriptor, message->msg_iov, (int)message->msg_iovlen);
    return real(descriptor, message, flags);
}

ssize_t recv(int descriptor, void *bytes, size_t length, int flags) {
    REAL(recv);
    uint64_t began = now();
    ssize_t count = real(descriptor, bytes, length, flags);
    if (count > 0 && !(flags & MSG_PEEK)) note('R', descriptor, began, now());
    return count;
}

ssize_t read(int descriptor, void *bytes, size_t length) {
    REAL(read);
    uint64_t began = now();
    ssize_t count = real(descriptor, bytes, length);
    if (count > 0 && is_socket(descriptor)) note('R', descriptor, began, now());
    return count;
}
