// A disk that fails on demand, for programs that are started with this in LD_PRELOAD.
//
// While the file that DISK_FAULT names is there, writes to files whose path begins with DISK_FILES fail as
// it says: "write 28 5" lets five writes pass and fails all others with error 28 (ENOSPC), "sync 5 0" fails every sync
// with error 5 (EIO), "torn 5 3" writes half of the fourth write and of all others, then fails with error 5.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long passed;

static int concerns(int file) {
    const char *prefix = getenv("DISK_FILES");
    char link[64], path[4096];
    if (!prefix) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

// The error that an operation of this kind fails with; 0 for none.
static int fault(int file, const char *kind) {
    const char *control = getenv("DISK_FAULT");
    char wanted[16];
    int code, wait;
    if (!control || access(control, F_OK) != 0) {
        atomic_store(&passed, 0);
        return 0;
    }
    if (!concerns(file)) return 0;
    FILE *text = fopen(control, "re");
    if (!text) return 0;
    int fields = fscanf(text, "%15s %d %d", wanted, &code, &wait);
    fclose(text);
    if (fields != 3 || strcmp(wanted, kind) != 0) return 0;
    return atomic_fetch_add(&passed, 1) >= wait ? code : 0;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    int code = fault(file, "write");
    if (!code && (code = fault(file, "torn"))) real(file, bytes, count / 2, offset);
    if (!code) return real(file, bytes, count, offset);
    errno = code;
    return -1;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}

int fdatasync(int file) {
    REAL(int, "fdatasync", int);
    int code = fault(file, "sync");
    if (!code) return real(file);
    errno = code;
    return -1;
}

int fsync(int file) {
    REAL(int, "fsync", int);
    int code = fault(file, "sync");
    if (!code) return real(file);
    errno = code;
    return -1;
}
