/* What the programs of tests/c_header.rs share; C and C++ at once. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define ZERO {}
#else
#define ZERO {0}
#endif

/* Says what is not so. A program ends with `return failures != 0`. */
static int failures = 0;
#define CHECK(fact) do { if (!(fact)) { printf("line %d: not so: %s\n", __LINE__, #fact); failures++; } } while (0)

static inline float f32(uint32_t bits) { float value; memcpy(&value, &bits, sizeof value); return value; }
static inline double f64(uint64_t bits) { double value; memcpy(&value, &bits, sizeof value); return value; }
static inline uint32_t bits32(float value) { uint32_t bits; memcpy(&bits, &value, sizeof bits); return bits; }
static inline uint64_t bits64(double value) { uint64_t bits; memcpy(&bits, &value, sizeof bits); return bits; }

static inline void print(const void *message, size_t size)
{
    unsigned char bytes[4096];
    memcpy(bytes, message, size);
    for (size_t at = 0; at < size; at++) { printf("%02x", bytes[at]); }
    printf("\n");
}

/* The next line of standard input, two digits a byte. */
static inline void scan(void *message, size_t size)
{
    unsigned char bytes[4096];
    for (size_t at = 0; at < size; at++) {
        CHECK(scanf("%2hhx", &bytes[at]) == 1);
    }
    memcpy(message, bytes, size);
}
