/*
 * loader/main.c - the program pewter: its options.
 */
#include "loader/exit_codes.h"
#include "loader/start.h"
#include "config.h"
#include "host/host.h"
#include "host/image_file.h"
#include "host/vm.h"
#include "ntdll/ps/create.h"
#include "ntdll/rtl/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
	"Usage: pewter [options] program.exe [arguments]\n"
	"Runs a Windows (x64) console program.\n"
	"\n"
	"  --arena SIZE           address space for the program: 80T without this option\n"
	"  -C DIR                 change to DIR first\n"
	"  --commit-limit SIZE    memory that the program can commit: bytes, or with K, M, G or T\n"
	"  --cmdline STRING       the program's command line is its name, a blank and STRING, verbatim\n"
	"  --env NAME=VALUE       set a variable of the program's environment; NAME= removes it\n"
	"  --exit-code-file FILE  write the program's exit code, all 32 bits of it, to FILE (decimal)\n"
	"  --heap-debug[=page]    watch the program's heaps: report damage, and who allocated the block;\n"
	"                         =page: stop at the very access, each block has pages of its own\n"
	"  --help                 show this\n"
	"  --version              show the version\n"
	"  --                     the program follows\n"
	"\n"
	"Exit codes: the program's own (its low 8 bits), or\n"
	"  120  wrong usage                       124  a program for another machine (32-bit, ARM)\n"
	"  121  the host failed                   125  not a Windows program\n"
	"  122  the program crashed               126  a damaged program, or one whose DLLs are missing or damaged\n"
	"  123  a function is not implemented     127  program not found\n";

static void __attribute__((noreturn)) usage_error(const char *what, const char *option)
{
	host_message("pewter: %s%s%s\nTry 'pewter --help'.\n", what, *option ? ": " : "", option);
	host_exit(LOADER_EXIT_USAGE);
}

/* The value of an option: "--name=value", or the next argument. */
static bool option_value(const char *name, char ***arguments, const char **value)
{
	const char *argument = **arguments;
	size_t length = strlen(name);

	if (strncmp(argument, name, length) != 0)
		return false;
	if (argument[length] == '=' && name[1] == '-') {
		*value = argument + length + 1;
		return true;
	}
	if (argument[length])
		return false;
	*value = *++*arguments;
	if (!*value)
		usage_error("an option lacks its value", name);
	return true;
}

/* A number of bytes, with a unit of 1024, its square, ...; at least a page. */
static uint64_t parse_size(const char *option, const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	uint64_t size = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
	unsigned shift = unit ? (unsigned)(unit - units + 1) * 10 : 0;

	if (*text < '0' || *text > '9' || (*end && (!unit || end[1])) || !size || (!shift && size < 4096) ||
	    size << shift >> shift != size)
		usage_error("a size is wanted, like 512M", option);
	return size << shift;
}

static char **parse(char **arguments, struct options *options)
{
	const char *value;

	for (; *arguments && **arguments == '-'; arguments++) {
		if (strcmp(*arguments, "--") == 0)
			return arguments + 1;
		if (strcmp(*arguments, "--help") == 0) {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (strcmp(*arguments, "--version") == 0) {
			puts(PACKAGE_STRING);
			exit(0);
		}
		if (option_value("-C", &arguments, &value)) {
			if (host_change_directory(value) < 0) {
				host_message("pewter: %s: cannot change to this directory\n", value);
				host_exit(LOADER_EXIT_HOST);
			}
		} else if (option_value("--cmdline", &arguments, &value)) {
			options->command_line = value;
		} else if (option_value("--arena", &arguments, &value)) {
			host_arena_limit(parse_size("--arena", value));
		} else if (option_value("--commit-limit", &arguments, &value)) {
			options->commit_limit = parse_size("--commit-limit", value);
		} else if (option_value("--exit-code-file", &arguments, &value)) {
			/* The program may change its directory. */
			options->exit_code_file = host_absolute_path(value);
		} else if (option_value("--handover", &arguments, &value)) {
			/* Not for users: a parent's descriptor (ntdll/ps/create.h). */
			if (!ps_handover_open(atoi(value)))
				usage_error("nothing was handed over", value);
		} else if (strcmp(*arguments, "--heap-debug") == 0) {
			options->global_flags = FLG_HEAP_ENABLE_TAIL_CHECK | FLG_HEAP_ENABLE_FREE_CHECK |
						FLG_HEAP_VALIDATE_PARAMETERS;
		} else if (strcmp(*arguments, "--heap-debug=page") == 0) {
			options->global_flags = FLG_HEAP_PAGE_ALLOCS;
		} else if (option_value("--env", &arguments, &value)) {
			if (!*value || !strchr(value + 1, '='))
				usage_error("--env wants NAME=VALUE", value);
			options->environment[options->environment_count++] = value;
		} else {
			usage_error("no such option", *arguments);
		}
	}
	return arguments;
}

int main(int argc, char **argv)
{
	struct options options = {.environment = calloc((size_t)argc + 1, sizeof(char *))};
	char **rest = options.environment ? parse(argv + 1, &options) : argv + argc;

	if (!*rest)
		usage_error("no program given", "");
	options.program = rest[0];
	options.arguments = rest + 1;
	if (options.command_line && *options.arguments)
		usage_error("--cmdline stands instead of arguments", *options.arguments);
	start_program(&options);
}
