/*
 * dlls/msvcp140/msvcp140.c - the builtin msvcp140.dll and its variables.
 */
#include "dlls/msvcp140/msvcp140.h"

struct msvcp_data *msvcp_data;

DEFINE_DLL(msvcp140, .name = "msvcp140.dll", .data_size = sizeof(struct msvcp_data), .data = (void **)&msvcp_data);
