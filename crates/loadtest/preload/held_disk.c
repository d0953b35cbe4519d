/* Preloaded into the server by the fault test "overload": while there is a file BECKON_DISK_HOLD, no sync comes to its end,
 * and there is a second one, the same name with ".held" behind it, once one waits. However fast the disk is, everything
 * that is written meanwhile has to wait. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_AGAIN 1000000

static void wait_until_let_go(void) {
    const char *hold = getenv("BECKON_DISK_HOLD");
    struct timespec time = {0, LOOK_AGAIN};
    char held[PATH_MAX];
    int saved = errno, file;
    if (hold && access(hold, F_OK) == 0) {
        snprintf(held, sizeof held, "%s.held", hold);
        file = open(held, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file >= 0) close(file);
        while (access(hold, F_OK) == 0) nanosleep(&time, NULL);
    }
    errno = saved;
}

#define SYNC(name) \
    int name(int descriptor) { \
        static __typeof__(name) *real; \
        if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); \
        wait_until_let_go(); \
        return real(descriptor); \
    }

SYNC(fdatasync)
SYNC(fsync)
