/* tests/guest/resources.h - ids shared by resources.c and resources.rc. */
#define ID_RAW 101
#define ID_TWO_LANGUAGES 102
#define ID_TYPE 300
#define ID_HELLO 1000 /* block 63, entry 8 */
#define ID_UNICODE 1001
#define ID_EMPTY_BLOCK 5000
