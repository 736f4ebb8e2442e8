// Makes the N-th system call of a kind on files below a folder fail, or do less than it was asked for.
// Preloaded (ld.so(8), LD_PRELOAD) into a stage by the torture tests.
//
//   FAULT_FOLDER  only paths below it count
//   FAULT_CALL    open, create, read, map, write, sync, rename, folder, remove or truncate
//   FAULT_AT      which call, from 1; 0: none, so that calls are only counted
//   FAULT_ERRNO   the number of the error, or: short (half of what was asked), interrupted (EINTR)
//   FAULT_STAYS   all later calls of the kind fail, too
//   FAULT_TALLY   a file that takes a 64-bit count of calls for each kind, in the order above
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN, CREATE, READ, MAP, WRITE, SYNC, RENAME, FOLDER, REMOVE, TRUNCATE, KINDS };
static const char *const names[KINDS] = {"open",   "create", "read",   "map",    "write",
                                         "sync",   "rename", "folder", "remove", "truncate"};
enum effect { NOTHING, FAIL, SHORTEN };

static const char *folder;
static size_t folder_length;
static int faulty = -1, stays, error_number, is_short;
static int64_t fault_at;
static _Atomic int64_t own_tally[KINDS];
static _Atomic int64_t *tally = own_tally;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULT_FOLDER");
  folder_length = folder ? strlen(folder) : 0;
  const char *call = getenv("FAULT_CALL"), *at = getenv("FAULT_AT"), *error = getenv("FAULT_ERRNO");
  for (int kind = 0; call && kind < KINDS; kind++)
    if (!strcmp(call, names[kind])) faulty = kind;
  fault_at = at ? atoll(at) : 0;
  stays = getenv("FAULT_STAYS") != NULL;
  is_short = error && !strcmp(error, "short");
  error_number = error && !strcmp(error, "interrupted") ? EINTR : error ? atoi(error) : EIO;
  const char *path = getenv("FAULT_TALLY");
  int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (file >= 0 && !ftruncate(file, sizeof own_tally)) {
    void *shared = mmap(NULL, sizeof own_tally, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) tally = shared;
  }
}

static enum effect next(enum kind kind) {
  int64_t number = atomic_fetch_add(&tally[kind], 1) + 1;
  if (fault_at == 0 || (int)kind != faulty) return NOTHING;
  if (number != fault_at && !(stays && number > fault_at)) return NOTHING;
  if (is_short) return SHORTEN;
  errno = error_number;
  return FAIL;
}

static int is_below(const char *path) {
  return folder && path && !strncmp(path, folder, folder_length)
         && (path[folder_length] == '/' || path[folder_length] == 0);
}

// Descriptors are asked for their paths, since libraries open files in ways of their own, too.
static int is_below_descriptor(int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  int kept = errno;
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = kept;
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILS(condition, kind) ((condition) && next(kind) == FAIL)

static enum kind opening(int flags) { return flags & (O_WRONLY | O_RDWR | O_CREAT) ? CREATE : OPEN; }

#define OPENS(name)                                          \
  int name(const char *path, int flags, ...) {               \
    va_list rest;                                            \
    va_start(rest, flags);                                   \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                            \
    if (FAILS(is_below(path), opening(flags))) return -1;    \
    return REAL(name)(path, flags, mode);                    \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                              \
  int name(int above, const char *path, int flags, ...) {           \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;       \
    va_end(rest);                                                   \
    if (FAILS(is_below(path), opening(flags))) return -1;           \
    return REAL(name)(above, path, flags, mode);                    \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

// Reads and writes of `count` bytes: all, half of them, or none.
#define MOVES(type, name, kind, parameters, arguments)          \
  ssize_t name parameters {                                     \
    if (count > 0 && is_below_descriptor(descriptor)) {         \
      enum effect effect = next(kind);                          \
      if (effect == FAIL) return -1;                            \
      if (effect == SHORTEN && count > 1) count /= 2;           \
    }                                                           \
    return REAL(name) arguments;                                \
  }
MOVES(void *, read, READ, (int descriptor, void *bytes, size_t count), (descriptor, bytes, count))
MOVES(void *, pread, READ, (int descriptor, void *bytes, size_t count, off_t at),
      (descriptor, bytes, count, at))
MOVES(void *, pread64, READ, (int descriptor, void *bytes, size_t count, off64_t at),
      (descriptor, bytes, count, at))
MOVES(const void *, write, WRITE, (int descriptor, const void *bytes, size_t count),
      (descriptor, bytes, count))
MOVES(const void *, pwrite, WRITE, (int descriptor, const void *bytes, size_t count, off_t at),
      (descriptor, bytes, count, at))
MOVES(const void *, pwrite64, WRITE, (int descriptor, const void *bytes, size_t count, off64_t at),
      (descriptor, bytes, count, at))

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
  if (count > 0 && is_below_descriptor(descriptor)) {
    enum effect effect = next(WRITE);
    if (effect == FAIL) return -1;
    // Half of the first piece.
    if (effect == SHORTEN)
      return REAL(write)(descriptor, pieces[0].iov_base,
                         pieces[0].iov_len > 1 ? pieces[0].iov_len / 2 : pieces[0].iov_len);
  }
  return REAL(writev)(descriptor, pieces, count);
}

#define MAPS(name, offset)                                                                   \
  void *name(void *place, size_t length, int protection, int flags, int descriptor, offset at) { \
    if (FAILS(descriptor >= 0 && is_below_descriptor(descriptor), MAP)) return MAP_FAILED;   \
    return REAL(name)(place, length, protection, flags, descriptor, at);                     \
  }
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)

#define SYNCS(name)                                                    \
  int name(int descriptor) {                                           \
    if (FAILS(is_below_descriptor(descriptor), SYNC)) return -1;       \
    return REAL(name)(descriptor);                                     \
  }
SYNCS(fsync)
SYNCS(fdatasync)

#define ON_PATH(name, kind, parameters, path, arguments)   \
  int name parameters {                                    \
    if (FAILS(is_below(path), kind)) return -1;            \
    return REAL(name) arguments;                           \
  }
ON_PATH(rename, RENAME, (const char *old, const char *new), new, (old, new))
ON_PATH(renameat, RENAME, (int above, const char *old, int other, const char *new), new,
        (above, old, other, new))
ON_PATH(renameat2, RENAME, (int above, const char *old, int other, const char *new, unsigned flags),
        new, (above, old, other, new, flags))
ON_PATH(link, RENAME, (const char *old, const char *new), new, (old, new))
ON_PATH(mkdir, FOLDER, (const char *path, mode_t mode), path, (path, mode))
ON_PATH(unlink, REMOVE, (const char *path), path, (path))
ON_PATH(rmdir, REMOVE, (const char *path), path, (path))

#define TRUNCATES(name, offset)                                          \
  int name(int descriptor, offset length) {                              \
    if (FAILS(is_below_descriptor(descriptor), TRUNCATE)) return -1;     \
    return REAL(name)(descriptor, length);                               \
  }
TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)
