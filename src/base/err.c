#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 3, 0)))
fill(struct err *err, int code, const char *format, va_list args)
{
    *err = (struct err){.code = code};
    (void)vsnprintf(err->message, sizeof err->message, format, args);
}

int err_set(struct err *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, code, format, args);
    va_end(args);
    return code;
}

int err_system(struct err *err, int errnum, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, ERR_SYSTEM, format, args);
    va_end(args);
    size_t len = strlen(err->message);
    (void)snprintf(err->message + len, sizeof err->message - len, ": %s", strerror(errnum));
    return ERR_SYSTEM;
}

void err_place(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->place, sizeof err->place, format, args);
    va_end(args);
}

void err_hint(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}
