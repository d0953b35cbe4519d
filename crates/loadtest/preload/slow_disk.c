/* Preloaded into the server by the fault test "crash": a disk that takes its time, some 100 microseconds for each write to
 * a file and some 3 milliseconds for each sync. Between the decision about a message and its place in the log, and between
 * its place in the log and its answer, there is then a time in which the server is killed sooner or later, however fast
 * the machine is. Sockets and what is printed are as fast as ever. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define WRITE 50000
#define SYNC 3000000

static void take_time(int descriptor, long nanoseconds) {
    struct stat file;
    int saved = errno;
    if (descriptor > STDERR_FILENO && fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode)) {
        struct timespec time = {0, nanoseconds};
        nanosleep(&time, NULL);
    }
    errno = saved;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t write(int descriptor, const void *bytes, size_t length) {
    REAL(write);
    take_time(descriptor, WRITE);
    return real(descriptor, bytes, length);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) {
    REAL(pwrite);
    take_time(descriptor, WRITE);
    return real(descriptor, bytes, length, at);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) {
    REAL(pwrite64);
    take_time(descriptor, WRITE);
    return real(descriptor, bytes, length, at);
}

/* Afterwards: what is killed meanwhile is in the log, and nobody was told. */
int fdatasync(int descriptor) {
    REAL(fdatasync);
    int result = real(descriptor);
    take_time(descriptor, SYNC);
    return result;
}

int fsync(int descriptor) {
    REAL(fsync);
    int result = real(descriptor);
    take_time(descriptor, SYNC);
    return result;
}
