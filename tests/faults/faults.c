/*
 * Preloaded into a program (LD_PRELOAD), it lets one call on files go wrong, at a place that is chosen beforehand: the
 * process is killed just before or just after it, or the disk is full from then on. It needs nothing of the program and
 * works on calls of the C library, which is how node reaches the kernel.
 *
 * FAULTS_EXE    the program that is meant, as /proc/self/exe has it; others that inherit the environment are left alone
 * FAULTS_BELOW  only paths strictly below this folder count
 * FAULTS_LIST   every call that counts is written to this file, a line each: `OPERATION PATH`, of a rename and of a link
 *               the path that appears
 * FAULTS_CALL   `OPERATION PATTERN`, each a glob that `/` does not stop; the path is relative to FAULTS_BELOW
 * FAULTS_NTH    the how many-th such call it is, 1 unless told
 * FAULTS_DO     `before` or `after`: the process is killed there; `full`: this call and all later ones that need room fail
 *               with ENOSPC
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *below, *call, *what;
static size_t below_length;
static char operation_glob[64];
static const char *path_glob;
static int wanted, list = -1, active;
static volatile int seen, full;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  char self[PATH_MAX];
  const char *exe = getenv("FAULTS_EXE");
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (exe == NULL || length < 0) return;
  self[length] = '\0';
  if (strcmp(self, exe) != 0) return;
  below = getenv("FAULTS_BELOW");
  if (below == NULL) return;
  below_length = strlen(below);
  what = getenv("FAULTS_DO");
  call = getenv("FAULTS_CALL");
  const char *blank = call == NULL ? NULL : strchr(call, ' ');
  if (blank != NULL && (size_t)(blank - call) < sizeof operation_glob) {
    memcpy(operation_glob, call, (size_t)(blank - call));
    path_glob = blank + 1;
  }
  const char *nth = getenv("FAULTS_NTH");
  wanted = nth == NULL ? 1 : atoi(nth);
  const char *file = getenv("FAULTS_LIST");
  if (file != NULL) list = REAL(open64)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  active = 1;
}

/* The part of a path that is below the folder, or NULL. A relative path is none of the program's. */
static const char *inside(const char *path) {
  if (!active || path == NULL || strncmp(path, below, below_length) != 0) return NULL;
  return path[below_length] == '/' && path[below_length + 1] != '\0' ? path + below_length + 1 : NULL;
}

/* Whether this is the call that was chosen. */
static int chosen(const char *operation, const char *path) {
  if (list >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", operation, path);
    if (length > 0 && (size_t)length < sizeof line) (void)!REAL(write)(list, line, (size_t)length);
  }
  if (path_glob == NULL || fnmatch(operation_glob, operation, 0) != 0 || fnmatch(path_glob, path, 0) != 0) return 0;
  return __sync_add_and_fetch(&seen, 1) == wanted;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Says whether the call is to fail for want of room; does not return where it is to be the last. */
static int fails(const char *operation, const char *path, int needs_room, int *last) {
  *last = 0;
  if (path == NULL) return 0;
  if (chosen(operation, path) && what != NULL) {
    if (strcmp(what, "before") == 0) die();
    if (strcmp(what, "after") == 0) *last = 1;
    if (strcmp(what, "full") == 0) full = 1;
  }
  return full && needs_room;
}

#define AROUND(type, operation, path, needs_room, real)                                                               \
  int last;                                                                                                           \
  if (fails(operation, inside(path), needs_room, &last)) {                                                            \
    errno = ENOSPC;                                                                                                   \
    return -1;                                                                                                        \
  }                                                                                                                   \
  type result = real;                                                                                                 \
  if (last) die();                                                                                                    \
  return result

int rename(const char *from, const char *to) { AROUND(int, "rename", to, 1, REAL(rename)(from, to)); }
int link(const char *from, const char *to) { AROUND(int, "link", to, 1, REAL(link)(from, to)); }
int symlink(const char *target, const char *path) { AROUND(int, "symlink", path, 1, REAL(symlink)(target, path)); }
int mkdir(const char *path, mode_t mode) { AROUND(int, "mkdir", path, 1, REAL(mkdir)(path, mode)); }
int unlink(const char *path) { AROUND(int, "unlink", path, 0, REAL(unlink)(path)); }
int rmdir(const char *path) { AROUND(int, "rmdir", path, 0, REAL(rmdir)(path)); }

/* Only what makes a file counts as an operation. */
int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  AROUND(int, "create", flags & O_CREAT ? path : NULL, 1, REAL(open64)(path, flags, mode));
}

/* The path of an open file; the buffer is the caller's. */
static const char *path_of(int file, char *buffer, size_t size) {
  char link_of[64];
  if (!active) return NULL;
  snprintf(link_of, sizeof link_of, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link_of, buffer, size - 1);
  if (length < 0) return NULL;
  buffer[length] = '\0';
  return buffer;
}

#define ON_FILE(type, operation, file, needs_room, real)                                                              \
  char buffer[PATH_MAX];                                                                                              \
  AROUND(type, operation, path_of(file, buffer, sizeof buffer), needs_room, real)

int fsync(int file) { ON_FILE(int, "sync", file, 1, REAL(fsync)(file)); }
int fdatasync(int file) { ON_FILE(int, "sync", file, 1, REAL(fdatasync)(file)); }
ssize_t write(int file, const void *bytes, size_t count) {
  ON_FILE(ssize_t, "write", file, 1, REAL(write)(file, bytes, count));
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  ON_FILE(ssize_t, "write", file, 1, REAL(writev)(file, parts, count));
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  ON_FILE(ssize_t, "write", file, 1, REAL(pwrite64)(file, bytes, count, at));
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
  ON_FILE(ssize_t, "write", file, 1, REAL(pwritev64)(file, parts, count, at));
}
