/*
 * programs/comp.c - comp.exe: compares files byte by byte.  Microsoft, "comp".
 *
 * Exit codes: 0 the files are the same, 1 they are not, 2 something went wrong.
 */
#include "programs/lines.h"
#include "programs/paths.h"
#include "programs/program.h"
#include "programs/text.h"

#define MOST_MISMATCHES 10u
#define BLOCK 16384u

static struct {
	bool decimal, characters, lines, no_case, silent;
	uint32_t most_lines; /* /N=number; 0: all of the file */
	DWORD result;
} comp;

struct side {
	HANDLE file;
	BYTE bytes[BLOCK];
	DWORD count, at;
	uint64_t size;
};

static bool open_side(struct side *side, const WCHAR *name)
{
	LARGE_INTEGER size = {0};

	side->count = side->at = 0;
	side->file = lines_open(name);
	if (side->file == INVALID_HANDLE) {
		output_error("Can't find/open file: %s\n", name);
		return false;
	}
	GetFileSizeEx(side->file, &size);
	side->size = (uint64_t)size.QuadPart;
	return true;
}

/* The next byte; -1 at the end. */
static int next_byte(struct side *side)
{
	if (side->at == side->count) {
		side->at = 0;
		if (!ReadFile(side->file, side->bytes, BLOCK, &side->count, NULL) || !side->count)
			return side->count = 0, -1;
	}
	return side->bytes[side->at++];
}

static void print_byte(const char *name, int byte)
{
	const char *format = comp.characters ? "%c" : comp.decimal ? "%u" : "%X";

	output_print(name);
	output_print(format, byte);
	output_print("\n");
}

static int folded(int byte)
{
	return comp.no_case && byte >= 'a' && byte <= 'z' ? byte - 32 : byte;
}

static void print_place(uint64_t offset, uint32_t line)
{
	if (comp.lines)
		output_print("Compare error at LINE %u\n", line);
	else if (comp.decimal)
		output_print("Compare error at OFFSET %u\n", (unsigned)offset);
	else
		output_print("Compare error at OFFSET %X\n", (unsigned)offset);
}

static void compare_sides(struct side *a, struct side *b)
{
	unsigned mismatches = 0;
	uint32_t line = 1;

	if (a->size != b->size && !comp.most_lines) {
		output_print("Files are different sizes.\n\n");
		comp.result = comp.result ? comp.result : 1;
		return;
	}
	for (uint64_t offset = 0;; offset++) {
		int x = next_byte(a), y = next_byte(b);

		if ((x < 0 && y < 0) || (comp.most_lines && line > comp.most_lines))
			break;
		if (x < 0 || y < 0) {
			output_print("File%d only has %u lines\n", x < 0 ? 1 : 2, line);
			comp.result = comp.result ? comp.result : 1;
			return;
		}
		if (folded(x) != folded(y)) {
			print_place(offset, line);
			print_byte("file1 = ", x);
			print_byte("file2 = ", y);
			if (++mismatches == MOST_MISMATCHES) {
				output_print("%u mismatches - ending compare\n\n", mismatches);
				break;
			}
		}
		line += x == '\n';
	}
	if (mismatches)
		comp.result = comp.result ? comp.result : 1;
	if (mismatches < MOST_MISMATCHES)
		output_print(mismatches ? "\n" : "Files compare OK\n\n");
}

static void compare(const WCHAR *first, const WCHAR *second)
{
	static struct side a, b;

	output_print("Comparing %s and %s...\n", first, second);
	if (!open_side(&a, first)) {
		comp.result = 2;
		return;
	}
	if (open_side(&b, second)) {
		compare_sides(&a, &b);
		CloseHandle(b.file);
	} else {
		comp.result = 2;
	}
	CloseHandle(a.file);
}

/* A file of the first name, with the one that the second name means for it. */
static void compare_found(const WCHAR *path, void *context)
{
	const WCHAR *second = context, *name = path;
	struct io_wide other;

	for (const WCHAR *c = path; *c; c++)
		if (*c == u'\\' || *c == u'/' || *c == u':')
			name = c + 1;
	io_wide_init(&other);
	text_put(&other, second);
	if (path_is_folder(second)) {
		if (!path_ends_folder(&other))
			text_put_unit(&other, u'\\');
		text_put(&other, name);
	}
	compare(path, other.text);
	io_wide_free(&other);
}

static bool take_switch(const WCHAR *text)
{
	static const struct {
		const WCHAR *name;
		bool *flag;
	} switches[] = {
		{u"/D", &comp.decimal}, {u"/A", &comp.characters}, {u"/L", &comp.lines}, {u"/C", &comp.no_case}, {u"/M", &comp.silent},
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (text_same(text, switches[i].name))
			return *switches[i].flag = true;
	if (text_begins(text, u"/N=") && text_is_digit(text[3])) {
		for (text += 3; text_is_digit(*text); text++)
			comp.most_lines = comp.most_lines * 10 + (*text - u'0');
		comp.lines = true;
		return !*text;
	}
	return text_begins(text, u"/OFF");
}

static bool read_name(const char *prompt, struct io_wide *name)
{
	text_clear(name);
	output_print(prompt);
	return input_line(GetStdHandle(STD_INPUT_HANDLE), name) && name->length;
}

static void compare_names(struct io_wide names[2])
{
	if (path_is_folder(names[0].text)) {
		if (!path_ends_folder(&names[0]))
			text_put_unit(&names[0], u'\\');
		text_put(&names[0], u"*");
	}
	if (!files_visit(names[0].text, compare_found, names[1].text)) {
		output_error("Can't find/open file: %s\n", names[0].text);
		comp.result = 2;
	}
}

PROGRAM("comp.exe", comp_program)
{
	const WCHAR *at = arguments_begin();
	struct io_wide word, names[2], answer;
	unsigned count = 0;
	bool quoted;

	io_wide_init(&word);
	io_wide_init(&answer);
	io_wide_init(&names[0]);
	io_wide_init(&names[1]);
	while (arguments_next(&at, &word, &quoted)) {
		if (!quoted && word.text[0] == u'/') {
			if (!take_switch(word.text)) {
				output_error("Invalid switch - %s\n", word.text);
				return 2;
			}
		} else if (count == 2) {
			output_error("Bad command line syntax\n");
			return 2;
		} else {
			text_put(&names[count++], word.text);
		}
	}
	for (;;) {
		if ((count < 1 && !read_name("Name of first file to compare: ", &names[0])) ||
		    (count < 2 && !read_name("Name of second file to compare: ", &names[1])))
			break;
		compare_names(names);
		if (comp.silent)
			break;
		text_clear(&answer);
		output_print("Compare more files (Y/N) ? ");
		if (!input_line(GetStdHandle(STD_INPUT_HANDLE), &answer) || rtl_upcase(*text_skip_blanks(answer.text)) != u'Y')
			break;
		count = 0;
	}
	io_wide_free(&names[1]);
	io_wide_free(&names[0]);
	io_wide_free(&answer);
	io_wide_free(&word);
	return comp.result;
}
