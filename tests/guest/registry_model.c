/*
 * Several processes change one registry at random, and one that knows what should be there asks them.
 *
 *	registry_model.exe [SEED [OPERATIONS]]
 *
 * Each operation is done by one process of four, and what it answers must be what a plain tree says: so a change of one is seen by
 * all others at once, by path and through handles that are open.  The seed is printed.
 */
#include "guest.h"

#include <fcntl.h>
#include <io.h>

#define HOME "Software\\Pewter registry_model"
#define WORKERS 4
#define SLOTS 4 /* handles that each worker keeps */
#define KEYS 5	/* names */
#define VALUES 4
#define DEPTH 3
#define NOTHING 0xFFFFFFFFu

/* --- a worker: one line is one operation; it answers "error number" --- */

static DWORD worker_do(char *line, DWORD *number)
{
	static HKEY slots[SLOTS];
	char verb, path[200] = "", name[20] = "";
	unsigned slot = 0, value = 0;
	DWORD size = sizeof(value), error;
	WCHAR wide[20];
	HKEY key = NULL;

	*number = NOTHING;
	sscanf(line, "%c %u %199s %19s %u", &verb, &slot, path, name, &value);
	switch (verb) {
	case 'c':
		error = RegCreateKeyExA(HKEY_CURRENT_USER, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
		break;
	case 'd':
		return RegDeleteKeyA(HKEY_CURRENT_USER, path);
	case 't':
		return RegDeleteTreeA(HKEY_CURRENT_USER, path);
	case 'h':
		if (slots[slot])
			RegCloseKey(slots[slot]);
		slots[slot] = NULL;
		return RegOpenKeyExA(HKEY_CURRENT_USER, path, 0, KEY_ALL_ACCESS, &slots[slot]);
	case 'g':
		error = RegQueryValueExA(slots[slot], name, NULL, NULL, (BYTE *)number, &size);
		return error;
	case 'w':
		return RegSetValueExA(slots[slot], name, 0, REG_DWORD, (const BYTE *)&value, sizeof(value));
	default:
		error = RegOpenKeyExA(HKEY_CURRENT_USER, path, 0, KEY_ALL_ACCESS, &key);
	}
	if (error)
		return error;
	switch (verb) {
	case 's':
		error = RegSetValueExA(key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof(value));
		break;
	case 'x':
		error = RegDeleteValueA(key, name);
		break;
	case 'q':
		error = RegQueryValueExA(key, name, NULL, NULL, (BYTE *)number, &size);
		break;
	case 'r':
		MultiByteToWideChar(CP_ACP, 0, name, -1, wide, 20);
		error = RegRenameKey(key, NULL, wide);
		break;
	case 'n': { /* which names there are: a bit for each subkey, and for each value above them */
		*number = 0;
		for (DWORD i = 0; size = sizeof(name), !RegEnumKeyExA(key, i, name, &size, NULL, NULL, NULL, NULL); i++)
			*number |= 1u << (name[1] - '0');
		for (DWORD i = 0; size = sizeof(name), !RegEnumValueA(key, i, name, &size, NULL, NULL, NULL, NULL); i++)
			*number |= 1u << (16 + name[1] - '0');
		break;
	}
	}
	RegCloseKey(key);
	return error;
}

static int be_worker(void)
{
	char line[400];
	DWORD number;

	while (fgets(line, sizeof(line), stdin)) {
		DWORD error = worker_do(line, &number);

		printf("%lu %lu\n", error, number);
		fflush(stdout);
	}
	return 0;
}

/* --- the model --- */

struct node {
	struct node *parent, *children[KEYS];
	DWORD values[VALUES]; /* NOTHING: there is none */
	BOOL deleted;
};

static struct node home;
static struct node *handles[WORKERS][SLOTS];
static FILE *to[WORKERS], *from[WORKERS];
static HANDLE processes[WORKERS];
static unsigned long long state;
static char last[400];

static unsigned below(unsigned limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 24) % limit);
}

static struct node *make_node(struct node *parent)
{
	struct node *node = calloc(1, sizeof(*node)); /* never freed: handles may lead to it */

	node->parent = parent;
	memset(node->values, 0xFF, sizeof(node->values));
	return node;
}

/* A random place, some of which is not there; `depth` names. */
static unsigned random_path(unsigned names[DEPTH], char *path)
{
	unsigned depth = 1 + below(DEPTH);

	strcpy(path, HOME);
	/* No blanks: words end at them. */
	for (char *c = path; *c; c++)
		if (*c == ' ')
			*c = '_';
	for (unsigned i = 0; i < depth; i++) {
		names[i] = below(KEYS);
		sprintf(path + strlen(path), "\\%c%u", below(2) ? 'k' : 'K', names[i]);
	}
	return depth;
}

static struct node *find(const unsigned *names, unsigned depth, BOOL create)
{
	struct node *node = &home;

	for (unsigned i = 0; i < depth && node; i++) {
		if (!node->children[names[i]] && create)
			node->children[names[i]] = make_node(node);
		node = node->children[names[i]];
	}
	return node;
}

static DWORD names_of(const struct node *node)
{
	DWORD bits = 0;

	for (unsigned i = 0; i < KEYS; i++)
		bits |= node->children[i] ? 1u << i : 0;
	for (unsigned i = 0; i < VALUES; i++)
		bits |= node->values[i] != NOTHING ? 1u << (16 + i) : 0;
	return bits;
}

static BOOL ask(unsigned worker, DWORD error, DWORD number, const char *format, ...)
{
	char answer[60] = "", wanted[60];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(last, sizeof(last), format, arguments);
	va_end(arguments);
	fprintf(to[worker], "%s\n", last);
	fflush(to[worker]);
	sprintf(wanted, "%lu %lu\n", error, number);
	if (!fgets(answer, sizeof(answer), from[worker]))
		strcpy(answer, "(it is gone)\n");
	for (char *c = answer; *c; c++)
		if (*c == '\r')
			memmove(c, c + 1, strlen(c));
	if (!strcmp(answer, wanted))
		return TRUE;
	printf("worker %u: %s\n  answered %s  not %s", worker, last, answer, wanted);
	guest_failures++;
	return FALSE;
}

static void start_worker(unsigned which)
{
	SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
	STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION process;
	HANDLE in, in_other, out, out_other;
	char program[MAX_PATH], line[MAX_PATH + 20];

	CHECK(CreatePipe(&in, &in_other, &inherit, 0) && CreatePipe(&out_other, &out, &inherit, 0));
	SetHandleInformation(in_other, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(out_other, HANDLE_FLAG_INHERIT, 0);
	startup.hStdInput = in;
	startup.hStdOutput = out;
	startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	GetModuleFileNameA(NULL, program, sizeof(program));
	snprintf(line, sizeof(line), "\"%s\" worker", program);
	CHECK(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
	processes[which] = process.hProcess;
	CloseHandle(process.hThread);
	CloseHandle(in);
	CloseHandle(out);
	to[which] = _fdopen(_open_osfhandle((intptr_t)in_other, 0), "w");
	from[which] = _fdopen(_open_osfhandle((intptr_t)out_other, 0), "r");
}

static void end_worker(unsigned which)
{
	fclose(to[which]);
	fclose(from[which]);
	CHECK_EQUAL(WaitForSingleObject(processes[which], 60000), WAIT_OBJECT_0);
	CloseHandle(processes[which]);
	memset(handles[which], 0, sizeof(handles[which]));
}

/* Nonzero: the worker answered what the model says. */
static BOOL step(void)
{
	unsigned worker = below(WORKERS), slot = below(SLOTS), value = below(VALUES), names[DEPTH], number = below(100000), other;
	char path[200], name[8];
	unsigned depth = random_path(names, path);
	struct node *node = find(names, depth, FALSE), *handle = handles[worker][slot], *made;
	DWORD error = node ? 0 : ERROR_FILE_NOT_FOUND, old;

	guest_checks++;
	sprintf(name, "v%u", value);
	/* Who begins now finds what the others have made, even if nobody is left of them: this process has no key open. */
	if (!below(600)) {
		for (unsigned i = 0; i < WORKERS; i++)
			end_worker(i);
		for (unsigned i = 0; i < WORKERS; i++)
			start_worker(i);
		return TRUE;
	}
	if (!below(150)) {
		end_worker(worker);
		start_worker(worker);
		return TRUE;
	}
	switch (below(12)) {
	case 0:
	case 1:
		find(names, depth, TRUE);
		return ask(worker, 0, NOTHING, "c 0 %s", path);
	case 2:
		if (node)
			node->values[value] = number;
		return ask(worker, error, NOTHING, "s 0 %s %s %u", path, name, number);
	case 3:
		if (node && node->values[value] == NOTHING)
			error = ERROR_FILE_NOT_FOUND;
		if (node)
			node->values[value] = NOTHING;
		return ask(worker, error, NOTHING, "x 0 %s %s", path, name);
	case 4:
		if (node && names_of(node) & 0xFFFF) {
			error = ERROR_ACCESS_DENIED;
		} else if (node) {
			node->deleted = TRUE;
			node->parent->children[names[depth - 1]] = NULL;
		}
		return ask(worker, error, NOTHING, "d 0 %s", path);
	case 5:
		other = below(KEYS);
		if (node && node->parent->children[other])
			return TRUE;
		if (node) {
			node->parent->children[names[depth - 1]] = NULL;
			node->parent->children[other] = node;
		}
		return ask(worker, error, NOTHING, "r 0 %s k%u", path, other);
	case 6:
		handles[worker][slot] = node;
		return ask(worker, error, NOTHING, "h %u %s", slot, path);
	case 7:
	case 8:
		if (!handle)
			return TRUE;
		old = handle->values[value];
		error = handle->deleted ? ERROR_KEY_DELETED : old == NOTHING ? ERROR_FILE_NOT_FOUND : 0;
		return ask(worker, error, error ? NOTHING : old, "g %u - %s", slot, name);
	case 9:
		if (!handle)
			return TRUE;
		if (!handle->deleted)
			handle->values[value] = number;
		return ask(worker, handle->deleted ? ERROR_KEY_DELETED : 0, NOTHING, "w %u - %s %u", slot, name, number);
	case 10:
		return ask(worker, error, node ? names_of(node) : NOTHING, "n 0 %s", path);
	default:
		made = node;
		old = made ? made->values[value] : NOTHING;
		return ask(worker, made && old == NOTHING ? ERROR_FILE_NOT_FOUND : error, old, "q 0 %s %s", path, name);
	}
}

int main(int argc, char **argv)
{
	unsigned operations = argc > 2 ? strtoul(argv[2], NULL, 10) : 3000;
	char path[200] = HOME;

	if (argc > 1 && !strcmp(argv[1], "worker"))
		return be_worker();
	state = argc > 1 ? strtoull(argv[1], NULL, 10) * 2 + 1 : 20240607;
	printf("seed %llu\n", state / 2);
	for (char *c = path; *c; c++)
		if (*c == ' ')
			*c = '_';
	memset(home.values, 0xFF, sizeof(home.values));
	for (unsigned i = 0; i < WORKERS; i++)
		start_worker(i);
	ask(0, ERROR_FILE_NOT_FOUND, NOTHING, "t 0 %s", path);
	for (unsigned i = 0; i < operations; i++)
		if (!step()) {
			printf("operation %u\n", i);
			break;
		}
	ask(0, ERROR_SUCCESS, NOTHING, "t 0 %s", path);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(i);
	return guest_result();
}
