/*
 * programs/cmd/batch.c - batch files: lines, arguments, labels, SETLOCAL.
 *
 * A batch file is opened for every line and closed again, so that it can change, move or delete itself while it runs.
 */
#include "programs/cmd/cmd.h"

#include <stdlib.h>

#define DEEPEST 600u /* batch files and labels that call each other */

static WCHAR *duplicate(const WCHAR *text, size_t length)
{
	WCHAR *copy = malloc((length + 1) * sizeof(*copy));

	if (!copy)
		ExitProcess(1);
	memcpy(copy, text, length * sizeof(*copy));
	copy[length] = 0;
	return copy;
}

static WCHAR *duplicate_all(const WCHAR *text)
{
	return duplicate(text, rtl_wcslen(text));
}

const WCHAR *cmd_argument(unsigned number)
{
	return cmd.batch && number < cmd.batch->argument_count ? cmd.batch->arguments[number] : u"";
}

static void split_arguments(struct batch *batch, const WCHAR *text)
{
	unsigned capacity = 16;

	batch->arguments = malloc(capacity * sizeof(*batch->arguments));
	if (!batch->arguments)
		ExitProcess(1);
	batch->arguments[0] = duplicate_all(batch->name);
	batch->argument_count = 1;
	for (;;) {
		size_t length;

		while (cmd_is_delimiter(*text))
			text++;
		if (!*text)
			return;
		length = cmd_name_length(text);
		if (batch->argument_count == capacity) {
			capacity *= 2;
			batch->arguments = realloc(batch->arguments, capacity * sizeof(*batch->arguments));
			if (!batch->arguments)
				ExitProcess(1);
		}
		batch->arguments[batch->argument_count++] = duplicate(text, length);
		text += length;
	}
}

static void fill(struct batch *batch, const WCHAR *path, const WCHAR *name, const WCHAR *arguments)
{
	batch->path = duplicate_all(path);
	batch->name = duplicate_all(name);
	batch->all = duplicate_all(text_skip_blanks(arguments));
	batch->is_cmd = text_same(path + rtl_wcslen(path) - 4, u".cmd");
	split_arguments(batch, arguments);
}

static void empty(struct batch *batch)
{
	for (unsigned i = 0; i < batch->argument_count; i++)
		free(batch->arguments[i]);
	free(batch->arguments);
	free(batch->path);
	free(batch->name);
	free(batch->all);
}

int cmd_shift(const WCHAR *arguments)
{
	unsigned first = 0;
	struct batch *batch = cmd.batch;

	arguments = text_skip_blanks(arguments);
	if (*arguments && cmd.extensions) {
		if (arguments[0] != u'/' || arguments[1] < u'0' || arguments[1] > u'8' ||
		    *text_skip_blanks(arguments + 2)) {
			output_error("Invalid parameter to SHIFT command\n");
			return cmd_level(1);
		}
		first = arguments[1] - u'0';
	}
	if (!batch || first >= batch->argument_count)
		return 0;
	batch->shifted |= !first;
	free(batch->arguments[first]);
	batch->argument_count--;
	for (unsigned i = first; i < batch->argument_count; i++)
		batch->arguments[i] = batch->arguments[i + 1];
	return 0;
}

static HANDLE open_batch(void)
{
	return CreateFileW(cmd.batch->path, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
			   NULL, OPEN_EXISTING, 0, NULL);
}

static bool seek(HANDLE file, uint64_t position)
{
	LARGE_INTEGER offset = {.QuadPart = (LONGLONG)position};

	return SetFilePointerEx(file, offset, NULL, FILE_BEGIN);
}

/* One line's bytes from the batch file's position, which moves on.  False: its end. */
static bool read_line(HANDLE file, struct io_narrow *bytes)
{
	char chunk[1024];
	DWORD count;
	bool any = false;

	while (ReadFile(file, chunk, sizeof(chunk), &count, NULL) && count) {
		for (DWORD i = 0; i < count; i++) {
			any = true;
			cmd.batch->position++;
			if (chunk[i] == '\n' || chunk[i] == 0x1A)
				return true;
			io_narrow_put(bytes, &chunk[i], 1);
		}
	}
	return any;
}

static void decode_line(struct io_narrow *bytes, struct io_wide *line)
{
	size_t length = 0;

	for (size_t i = 0; i < bytes->length; i++)
		if (bytes->text[i] != '\r' && bytes->text[i])
			bytes->text[length++] = bytes->text[i];
	input_decode(line, bytes->text, length);
}

bool cmd_next_batch_line(struct line_source *source, struct io_wide *line)
{
	HANDLE file = open_batch();
	struct io_narrow bytes;
	struct io_wide raw;
	bool good;

	(void)source;
	if (file == INVALID_HANDLE) {
		output_error("The batch file cannot be found.\n");
		cmd.level = 1;
		cmd.flow = FLOW_LEAVE;
		return false;
	}
	io_narrow_init(&bytes);
	io_wide_init(&raw);
	good = seek(file, cmd.batch->position) && read_line(file, &bytes);
	CloseHandle(file);
	if (good) {
		decode_line(&bytes, &raw);
		good = cmd_expand_percents(line, raw.text, true);
		if (!good) {
			cmd.level = 255;
			cmd.flow = FLOW_ABORT;
		}
	}
	io_wide_free(&raw);
	io_narrow_free(&bytes);
	return good;
}

/* Whether a line is the label: its name ends at a blank or one of the signs. */
static bool is_label_line(const WCHAR *line, const WCHAR *label, size_t length)
{
	while (cmd_is_delimiter(*line) || *line == u'@')
		line++;
	if (*line++ != u':')
		return false;
	while (cmd_is_delimiter(*line))
		line++;
	if (rtl_wcslen(line) < length || rtl_compare_nocase(line, length, label, length) != 0)
		return false;
	return !line[length] || cmd_is_delimiter(line[length]) || text_find(u":+<>&|()", line[length]);
}

bool cmd_find_label(const WCHAR *label, uint64_t *position)
{
	uint64_t start = cmd.batch->position;
	HANDLE file = open_batch();
	size_t length = 0;
	bool found = false, wrapped = false;

	while (label[length] && !cmd_is_delimiter(label[length]) && !text_find(u":+<>&|", label[length]))
		length++;
	if (file == INVALID_HANDLE || !length) {
		if (file != INVALID_HANDLE)
			CloseHandle(file);
		return false;
	}
	while (!found) {
		struct io_narrow bytes;
		struct io_wide line;

		if (!seek(file, cmd.batch->position))
			break;
		io_narrow_init(&bytes);
		io_wide_init(&line);
		if (wrapped && cmd.batch->position >= start) {
			io_narrow_free(&bytes);
			io_wide_free(&line);
			break;
		}
		if (read_line(file, &bytes)) {
			decode_line(&bytes, &line);
			found = is_label_line(line.text, label, length);
		} else if (!wrapped) {
			wrapped = true;
			cmd.batch->position = 0;
		} else {
			cmd.batch->position = start;
		}
		io_narrow_free(&bytes);
		io_wide_free(&line);
	}
	*position = cmd.batch->position;
	cmd.batch->position = start;
	CloseHandle(file);
	return found;
}

/* Runs the batch that was made the current one, to its end. */
static int run(struct batch *batch)
{
	int result = 0;

	batch->caller = cmd.batch;
	batch->depth = cmd.batch ? cmd.batch->depth + 1 : 0;
	if (batch->depth == DEEPEST) {
		output_error("******  B A T C H   R E C U R S I O N  exceeds STACK limits ******\n"
			     "Recursion Count=%u\n******       B A T C H   PROCESSING IS   A B O R T E D      ******\n",
			     DEEPEST);
		empty(batch);
		cmd.flow = FLOW_ABORT;
		return cmd.level = 1;
	}
	batch->for_count = cmd.variable_base;
	cmd.variable_base = cmd.variable_count;
	cmd.batch = batch;
	while (cmd.flow == FLOW_NEXT && !batch->ended) {
		struct line_source source = {.next = cmd_next_batch_line};
		size_t mark = cmd_mark();
		int line = cmd_run_source(&source);

		cmd_release(mark);
		if (line >= 0 || cmd.flow == FLOW_GOTO)
			result = line < 0 ? 0 : line;
		if (cmd.flow == FLOW_GOTO)
			cmd.flow = FLOW_NEXT;
	}
	if (cmd.flow == FLOW_LEAVE)
		cmd.flow = FLOW_NEXT;
	while (batch->locals)
		cmd_end_local();
	cmd.batch = batch->caller;
	cmd.variable_base = batch->for_count;
	empty(batch);
	return result ? result : cmd.level;
}

int cmd_run_batch(const WCHAR *path, const WCHAR *name, const WCHAR *arguments, bool called)
{
	struct batch *batch = cmd.batch;
	struct batch fresh = {0};

	if (batch && !called) {
		/* It goes on in the other file, and does not come back. */
		struct batch old = *batch;

		fill(batch, path, name, arguments);
		batch->position = 0;
		batch->shifted = false;
		empty(&old);
		cmd.flow = FLOW_GOTO;
		return 0;
	}
	fill(&fresh, path, name, arguments);
	return run(&fresh);
}

int cmd_call_label(const WCHAR *label, const WCHAR *arguments)
{
	struct batch fresh = {0};
	struct io_wide name;
	uint64_t position = 0;

	if (!cmd.batch) {
		output_error("Invalid attempt to call batch label outside of batch script.\n");
		return cmd_level(1);
	}
	if (!text_is(label + 1, cmd_name_length(label + 1), u"eof") && !cmd_find_label(label + 1, &position)) {
		output_error("The system cannot find the batch label specified - %s\n",
			     cmd_copy(label + 1, cmd_name_length(label + 1)));
		return cmd_level(1);
	}
	if (text_is(label + 1, cmd_name_length(label + 1), u"eof"))
		return cmd.level;
	io_wide_init(&name);
	io_wide_put(&name, label, cmd_name_length(label));
	fill(&fresh, cmd.batch->path, name.text, arguments);
	io_wide_free(&name);
	fresh.position = position;
	return run(&fresh);
}

void cmd_set_local(void)
{
	struct local_state *state = malloc(sizeof(*state));
	LPWSTR block = GetEnvironmentStringsW(), end = block;
	struct io_wide directory;

	if (!state || !block)
		ExitProcess(1);
	while (*end)
		end += rtl_wcslen(end) + 1;
	io_wide_init(&directory);
	cmd_current_directory(&directory);
	state->environment = duplicate(block, (size_t)(end - block));
	state->directory = duplicate_all(directory.text);
	state->extensions = cmd.extensions;
	state->delayed = cmd.delayed;
	state->next = cmd.batch->locals;
	cmd.batch->locals = state;
	io_wide_free(&directory);
	FreeEnvironmentStringsW(block);
}

/* Sets (or removes) every variable of a block. */
static void apply_block(LPWSTR block, bool remove)
{
	for (LPWSTR at = block; *at; at += rtl_wcslen(at) + 1) {
		const WCHAR *equals = text_find(at + 1, u'=');
		size_t mark = cmd_mark();

		if (equals)
			SetEnvironmentVariableW(cmd_copy(at, (size_t)(equals - at)), remove ? NULL : equals + 1);
		cmd_release(mark);
	}
}

bool cmd_end_local(void)
{
	struct local_state *state = cmd.batch ? cmd.batch->locals : NULL;
	LPWSTR now;

	if (!state)
		return false;
	now = GetEnvironmentStringsW();
	if (now) {
		apply_block(now, true);
		FreeEnvironmentStringsW(now);
	}
	apply_block(state->environment, false);
	SetCurrentDirectoryW(state->directory);
	cmd.extensions = state->extensions;
	cmd.delayed = state->delayed;
	cmd.batch->locals = state->next;
	free(state->environment);
	free(state->directory);
	free(state);
	return true;
}
