#include "http/openssl.h"

#include <stdbool.h>

#include "platform/library.h"

#define LIBRARY "libssl.so.3" /* which brings libcrypto.so.3 */

struct openssl openssl;

int openssl_load(struct err *err)
{
    static bool loaded;
    static const struct library_symbol SYMBOLS[] = {
#define OPENSSL_SYMBOL(name) {#name, (void (**)(void)) & openssl.name},
        OPENSSL_FUNCTIONS(OPENSSL_SYMBOL)
#undef OPENSSL_SYMBOL
    };
    if (loaded)
        return 0;
    int failed = library_load(LIBRARY, SYMBOLS, sizeof SYMBOLS / sizeof *SYMBOLS, err);
    if (failed)
        err_hint(err, "install OpenSSL 3: the package libssl3 on Debian");
    loaded = !failed;
    return failed;
}
