/*
 * programs/programs.c - the DLL whose exports are the builtin programs.
 */
#include "programs/program.h"

DEFINE_DLL(programs, .name = "pewter_programs.dll");
