/*
 * programs/robocopy_options.c - robocopy's command line, and what it prints before and after.  Microsoft, "robocopy".
 *
 * Switches that say how to copy (restartable, in threads, with which attributes) are taken and mean nothing: files are copied with
 * data, attributes and times, as /COPY:DAT says, which is what robocopy does by itself.
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/robocopy.h"
#include "programs/text.h"

#include <stdlib.h>

struct robocopy robocopy = {.retries = 1000000, .wait = 30};

static void add_word(struct robocopy_words *words, const WCHAR *text)
{
	size_t size = (rtl_wcslen(text) + 1) * sizeof(*text);
	WCHAR **grown = realloc(words->list, (words->count + 1) * sizeof(*grown));
	WCHAR *copy = malloc(size);

	if (!grown || !copy)
		ExitProcess(ROBOCOPY_FATAL);
	memcpy(copy, text, size);
	words->list = grown;
	words->list[words->count++] = copy;
}

static const struct flag {
	const WCHAR *name;
	bool *flags[3];
} flags[] = {
	{u"S", {&robocopy.tree}},
	{u"E", {&robocopy.tree, &robocopy.empty}},
	{u"PURGE", {&robocopy.purge}},
	{u"MIR", {&robocopy.tree, &robocopy.empty, &robocopy.purge}},
	{u"MOV", {&robocopy.move}},
	{u"MOVE", {&robocopy.move, &robocopy.move_folders}},
	{u"CREATE", {&robocopy.create}},
	{u"A", {&robocopy.only_archive}},
	{u"M", {&robocopy.only_archive, &robocopy.reset_archive}},
	{u"L", {&robocopy.list_only}},
	{u"XO", {&robocopy.no_older}},
	{u"XN", {&robocopy.no_newer}},
	{u"XC", {&robocopy.no_changed}},
	{u"XX", {&robocopy.no_extra}},
	{u"XL", {&robocopy.no_lonely}},
	{u"IS", {&robocopy.same_too}},
	{u"XJ", {&robocopy.no_links}},
	{u"XJD", {&robocopy.no_links}},
	{u"FFT", {&robocopy.two_seconds}},
	{u"NFL", {&robocopy.no_file_list}},
	{u"NDL", {&robocopy.no_folder_list}},
	{u"NJH", {&robocopy.no_header}},
	{u"NJS", {&robocopy.no_summary}},
	{u"NS", {&robocopy.no_size}},
	{u"NC", {&robocopy.no_class}},
	{u"FP", {&robocopy.full_names}},
	{u"V", {&robocopy.verbose}},
};

/* How to copy and how to report, not what. */
static const WCHAR *const ignored[] = {
	u"Z", u"B", u"ZB", u"J", u"NP", u"ETA", u"BYTES", u"X", u"TEE", u"MT", u"REG", u"TBD", u"256", u"DST", u"NOOFFLOAD", u"COMPRESS",
	u"SL", u"XJF", u"UNICODE", u"IT", u"NODCOPY",
};

static uint64_t number_of(const WCHAR *text)
{
	uint64_t number = 0;

	for (; text_is_digit(*text); text++)
		number = number * 10 + (*text - u'0');
	return number;
}

/* A switch with a value behind a colon. */
static bool take_value(const WCHAR *name, size_t length, const WCHAR *value)
{
	if (text_is(name, length, u"R"))
		robocopy.retries = (unsigned)number_of(value);
	else if (text_is(name, length, u"W"))
		robocopy.wait = (unsigned)number_of(value);
	else if (text_is(name, length, u"LEV"))
		robocopy.levels = (unsigned)number_of(value);
	else if (text_is(name, length, u"MAX"))
		robocopy.largest = number_of(value);
	else if (text_is(name, length, u"MIN"))
		robocopy.smallest = number_of(value);
	else
		return text_is(name, length, u"MT") || text_is(name, length, u"COPY") || text_is(name, length, u"DCOPY");
	return true;
}

/* The list that the words behind a switch go to; NULL: there are none. */
static bool take_switch(const WCHAR *text, struct robocopy_words **words)
{
	const WCHAR *colon = text_find(text, u':');

	*words = NULL;
	if (colon)
		return take_value(text, (size_t)(colon - text), colon + 1);
	if (text_same(text, u"XF") || text_same(text, u"XD")) {
		*words = text_same(text, u"XF") ? &robocopy.excluded_files : &robocopy.excluded_folders;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!text_same(text, flags[i].name))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(flags[i].flags) && flags[i].flags[k]; k++)
			*flags[i].flags[k] = true;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		if (text_same(text, ignored[i]))
			return true;
	return false;
}

bool robocopy_take_arguments(void)
{
	const WCHAR *at = arguments_begin();
	struct robocopy_words *words = NULL;
	struct io_wide word;
	bool quoted, good = true;
	unsigned number = 0;

	io_wide_init(&word);
	io_wide_init(&robocopy.source);
	io_wide_init(&robocopy.target);
	for (unsigned position = 1; good && arguments_next(&at, &word, &quoted); position++) {
		if (word.text[0] == u'/') {
			good = take_switch(word.text + 1, &words);
			if (!good)
				output_print("\nERROR : Invalid Parameter #%u : \"%s\"\n", position, word.text);
		} else if (words) {
			add_word(words, word.text);
		} else if (number < 2) {
			struct io_wide *path = number++ ? &robocopy.target : &robocopy.source;

			path_put_full(path, word.text);
			if (!path_ends_folder(path))
				text_put_unit(path, u'\\');
		} else {
			add_word(&robocopy.files, word.text);
		}
	}
	io_wide_free(&word);
	if (good && number < 2) {
		output_print("\nERROR : No %s Directory Specified.\n", number ? u"Destination" : u"Source");
		good = false;
	}
	if (!robocopy.files.count)
		add_word(&robocopy.files, u"*.*");
	return good;
}

static void print_time(const char *what)
{
	static const WCHAR *const days[] = {u"Sunday", u"Monday", u"Tuesday", u"Wednesday", u"Thursday", u"Friday", u"Saturday"};
	static const WCHAR *const months[] = {u"January", u"February", u"March", u"April", u"May", u"June", u"July", u"August",
					      u"September", u"October", u"November", u"December"};
	SYSTEMTIME now;

	GetLocalTime(&now);
	output_print(what);
	output_print("%s, %s %u, %u %u:%02u:%02u %s\n", days[now.wDayOfWeek % 7], months[(now.wMonth + 11) % 12], now.wDay, now.wYear,
		     (now.wHour + 11u) % 12 + 1, now.wMinute, now.wSecond, now.wHour < 12 ? u"AM" : u"PM");
}

static void print_rule(void)
{
	output_print("------------------------------------------------------------------------------\n");
}

void robocopy_print_header(void)
{
	if (robocopy.no_header)
		return;
	output_print("\n");
	print_rule();
	output_print("   ROBOCOPY     ::     Robust File Copy for Windows\n");
	print_rule();
	print_time("\n  Started : ");
	output_print("   Source : %s\n     Dest : %s\n\n    Files :", robocopy.source.text, robocopy.target.text);
	for (size_t i = 0; i < robocopy.files.count; i++)
		output_print(" %s", robocopy.files.list[i]);
	output_print("\n\n  Options :");
	for (size_t i = 0; i < robocopy.files.count; i++)
		output_print(" %s", robocopy.files.list[i]);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (*flags[i].flags[0] && !flags[i].flags[1])
			output_print(" /%s", flags[i].name);
	output_print(" /DCOPY:DA /COPY:DAT /R:%u /W:%u\n\n", robocopy.retries, robocopy.wait);
	print_rule();
	output_print("\n");
}

void robocopy_print_number(uint64_t number, unsigned width)
{
	WCHAR text[24];
	unsigned at = ARRAY_SIZE(text) - 1;

	text[at] = 0;
	do
		text[--at] = (WCHAR)(u'0' + number % 10);
	while (number /= 10);
	while (ARRAY_SIZE(text) - 1 - at < width && at > 0)
		text[--at] = u' ';
	output_print("%s", text + at);
}

static void print_row(const char *name, const struct robocopy_counts *counts)
{
	uint64_t columns[] = {counts->total, counts->copied, counts->total - counts->copied - counts->mismatched - counts->failed,
			      counts->mismatched, counts->failed, counts->extra};

	output_print(name);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		robocopy_print_number(columns[i], 10);
	output_print("\n");
}

void robocopy_print_summary(void)
{
	if (robocopy.no_summary)
		return;
	output_print("\n");
	print_rule();
	output_print("\n               Total    Copied   Skipped  Mismatch    FAILED    Extras\n");
	print_row("    Dirs :", &robocopy.folders);
	print_row("   Files :", &robocopy.entries);
	print_row("   Bytes :", &robocopy.bytes);
	print_time("   Ended : ");
	output_print("\n");
}
