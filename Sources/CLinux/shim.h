// What glibc declares under _GNU_SOURCE only, with which Swift does not import it (rename(2)).
int renameat2(
    int old_folder, const char *old_path, int new_folder, const char *new_path, unsigned flags);
enum { LINUX_RENAME_EXCHANGE = 2 };

// mallopt(3), which Swift's module of glibc leaves out.
#include <malloc.h>
