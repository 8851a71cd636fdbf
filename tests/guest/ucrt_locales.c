/*
 * The locales of crt_locales.c in the Universal C Runtime.
 */
#include "crt_locales.c"
