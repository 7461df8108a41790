/* For compilers without libFuzzer: runs the target over the files named on the command line. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUT_BYTES_MAX ((size_t)1 << 20)

int main(int argc, char *argv[])
{
    uint8_t *data = malloc(INPUT_BYTES_MAX);
    if (!data)
        return 1;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            free(data);
            return 1;
        }
        size_t len = fread(data, 1, INPUT_BYTES_MAX, file);
        (void)fclose(file);
        /* A copy of the exact length, so that the sanitizer sees every byte read past the end. */
        uint8_t *exact = malloc(len ? len : 1);
        if (!exact)
            return 1;
        for (size_t at = 0; at < len; at++)
            exact[at] = data[at];
        (void)LLVMFuzzerTestOneInput(exact, len);
        free(exact);
    }
    free(data);
    (void)printf("%d inputs\n", argc - 1);
    return 0;
}
