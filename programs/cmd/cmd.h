/*
 * programs/cmd/cmd.h - what the files of the command processor share.  Read programs/cmd/README.md first.
 */
#ifndef PEWTER_PROGRAMS_CMD_H
#define PEWTER_PROGRAMS_CMD_H

#include "programs/output.h"
#include "programs/text.h"
#include "programs/win32.h"

#define LONGEST_LINE 8191u
#define NOT_RECOGNIZED 9009

/* ---- memory.c: everything that lives as long as one command does ---- */

void *cmd_allocate(size_t bytes);
WCHAR *cmd_copy(const WCHAR *text, size_t length);
/* What was allocated after the mark goes. */
size_t cmd_mark(void);
void cmd_release(size_t mark);
/* A growing string becomes one of the command's, and is freed. */
WCHAR *cmd_keep(struct io_wide *text);

/* ---- the state ---- */

/* Why the commands that follow are not run. */
enum flow {
	FLOW_NEXT,
	FLOW_GOTO,  /* the batch file goes on elsewhere */
	FLOW_LEAVE, /* this batch file (or called label) is left */
	FLOW_ABORT, /* all batch files are */
	FLOW_EXIT,  /* the process ends */
};

/* What ENDLOCAL brings back. */
struct local_state {
	struct local_state *next;
	WCHAR *environment, *directory;
	bool extensions, delayed;
};

/* A batch file that runs, or a label of it that was called. */
struct batch {
	struct batch *caller;
	unsigned depth;
	WCHAR *path;       /* full */
	WCHAR *name;       /* %0 */
	WCHAR *all;        /* %* */
	WCHAR **arguments; /* %1 ... */
	unsigned argument_count;
	uint64_t position;
	struct local_state *locals;
	unsigned for_count; /* variables of FOR that its caller had */
	bool is_cmd;        /* .cmd: see cmd_quiet_success */
	bool shifted;       /* %0 is an argument now */
	bool ended;         /* no further line is run */
};

struct for_variable {
	WCHAR name;
	const WCHAR *value;
};

extern struct cmd {
	struct batch *batch;
	enum flow flow;
	int level; /* ERRORLEVEL */
	bool echo, extensions, delayed;
	bool single;      /* /c: ends after its line */
	bool interactive; /* reads commands from a console */
	bool verify;
	volatile bool interrupted;
	struct for_variable *variables; /* those that a FOR of this batch file sees begin at the base */
	unsigned variable_count, variable_base, variable_capacity;
	HANDLE handles[10];
	unsigned default_attributes;
} cmd;

/* ---- parse.c ---- */

enum node_kind { NODE_COMMAND, NODE_BLOCK, NODE_SEQUENCE, NODE_AND, NODE_OR, NODE_PIPE, NODE_IF, NODE_FOR };
enum redirect_kind { REDIRECT_IN, REDIRECT_OUT, REDIRECT_APPEND, REDIRECT_SAME };
enum if_kind { IF_EQUAL, IF_COMPARE, IF_EXIST, IF_DEFINED, IF_LEVEL, IF_EXTENSION };
enum for_kind { FOR_PLAIN, FOR_DIRECTORIES, FOR_TREE, FOR_LOOP, FOR_FILE };

struct redirect {
	struct redirect *next;
	enum redirect_kind kind;
	unsigned fd, source; /* source: of REDIRECT_SAME */
	bool input;          /* REDIRECT_SAME written with < */
	const WCHAR *file;
};

struct node {
	enum node_kind kind;
	bool quiet; /* after an @ */
	bool lines; /* NODE_SEQUENCE: made by the end of a line */
	struct redirect *redirects;
	struct node *left, *right; /* operators; block: left; IF: then, else; FOR: left */
	const WCHAR *text;         /* of a command, name and arguments */
	bool negated, no_case;     /* IF */
	enum if_kind test;
	const WCHAR *a, *operator, * b;
	enum for_kind loop;
	WCHAR variable;
	const WCHAR *options, *set; /* FOR; options: of /F and the folder of /R */
};

/* Gives lines until there are no more; with their percent signs expanded. */
struct line_source {
	bool (*next)(struct line_source *source, struct io_wide *line);
	const WCHAR *text;
	bool more; /* a line has begun and goes on: interactive ones ask "More?" */
};

enum parse_result { PARSE_OK, PARSE_NOTHING, PARSE_END, PARSE_ERROR };
/* One line, or the several that a block takes. */
enum parse_result cmd_parse(struct line_source *source, struct node **tree);
/* What ends words outside quotes. */
bool cmd_is_delimiter(WCHAR c);
/* Prints "X was unexpected at this time." */
void cmd_unexpected(const WCHAR *what);

/* ---- deparse.c: the tree as ECHO ON and pipes show it ---- */
void cmd_deparse(struct io_wide *to, const struct node *tree, bool for_echo);

/* ---- expand.c ---- */

/* Phase 1.  False: a fatal error, said already. */
bool cmd_expand_percents(struct io_wide *to, const WCHAR *text, bool batch);
/* Phases 4 and 5, when they are on. */
const WCHAR *cmd_expand_late(const WCHAR *text);
const WCHAR *cmd_expand_variables(const WCHAR *text);
/* A variable's value (one that the interpreter makes up, too), as a string of the command's; NULL. */
const WCHAR *cmd_variable(const WCHAR *name, size_t length);

/* expand_name.c: %~modifiers of a name.  `modifiers` is lower case letters; `path` the variable of $PATH:, or NULL. */
void cmd_put_modified(struct io_wide *to, const WCHAR *value, const WCHAR *modifiers, size_t count, const WCHAR *path,
		      size_t path_length);
/* The text from behind "%~": how many units are modifiers, and where the variable of $PATH: is. */
size_t cmd_modifiers(const WCHAR *text, size_t *letters, const WCHAR **path, size_t *path_length);

/* ---- execute.c ---- */

int cmd_execute(const struct node *tree);
/* Parses and runs a line as typed; -1: there was nothing on it. */
int cmd_run_line(const WCHAR *line, bool expand);
int cmd_run_source(struct line_source *source);
/* A command without redirections: phase 7.  `called`: by CALL, which looks for files before builtin commands. */
int cmd_run_command(const WCHAR *text, bool called);

/* redirect.c */
struct saved_handles {
	HANDLE old[10];
	unsigned changed;
};
bool cmd_redirect(const struct redirect *redirects, struct saved_handles *saved);
void cmd_restore(struct saved_handles *saved);
void cmd_set_handle(unsigned fd, HANDLE handle);

/* pipe.c */
int cmd_pipe(const struct node *tree);
/* Starts this program with "/options text"; its standard output is `output` unless NULL. */
HANDLE cmd_start_self(const WCHAR *options, const WCHAR *text, HANDLE input, HANDLE output);

/* launch.c */

/* The file that a command's name means, searched for as cmd does; false with the error that says why. */
bool cmd_find_program(const WCHAR *name, size_t length, struct io_wide *found, DWORD *error);
bool cmd_is_batch(const WCHAR *path);
int cmd_launch(const WCHAR *text, bool called);
HANDLE cmd_start_program(const WCHAR *path, const WCHAR *line, DWORD flags, const WCHAR *title, const WCHAR *directory);
int cmd_wait(HANDLE process);
size_t cmd_name_length(const WCHAR *text);
void cmd_say_not_found(const WCHAR *name, size_t length, DWORD error);

/* batch.c */
int cmd_run_batch(const WCHAR *path, const WCHAR *name, const WCHAR *arguments, bool called);
int cmd_call_label(const WCHAR *label, const WCHAR *arguments);
bool cmd_find_label(const WCHAR *label, uint64_t *position);
const WCHAR *cmd_argument(unsigned number);
bool cmd_next_batch_line(struct line_source *source, struct io_wide *line);
void cmd_set_local(void);
bool cmd_end_local(void);

/* for.c, if.c */
int cmd_for(const struct node *node);
int cmd_if(const struct node *node);

/* interrupt.c */
void cmd_watch_control_c(void);
/* After a command: asks whether a batch job is to go on. */
void cmd_check_interrupt(void);

/* ---- builtin.c ---- */

struct builtin {
	const WCHAR *name;
	int (*run)(const WCHAR *arguments);
	const char *help; /* for /? */
};
/* The builtin command that the text begins with; *arguments is what follows its name. */
const struct builtin *cmd_builtin(const WCHAR *text, const WCHAR **arguments, bool *exact);
/* Each returns the command's result, and sets the level itself where Windows does. */
int cmd_level(int level); /* sets ERRORLEVEL, returns it */
/* Commands that leave ERRORLEVEL alone in .bat files when they succeed (SET, PATH, PROMPT, ASSOC, FTYPE). */
int cmd_quiet_success(void);
int cmd_fail(const char *message, int level);
int cmd_fail_system(DWORD error, int level);
int cmd_syntax_error(void);

int cmd_assoc(const WCHAR *), cmd_break(const WCHAR *), cmd_call(const WCHAR *), cmd_cd(const WCHAR *),
	cmd_cls(const WCHAR *);
int cmd_color(const WCHAR *), cmd_copy_files(const WCHAR *), cmd_date(const WCHAR *), cmd_del(const WCHAR *);
int cmd_dir(const WCHAR *), cmd_echo(const WCHAR *), cmd_endlocal(const WCHAR *), cmd_exit(const WCHAR *);
int cmd_ftype(const WCHAR *), cmd_goto(const WCHAR *), cmd_help(const WCHAR *), cmd_md(const WCHAR *),
	cmd_mklink(const WCHAR *);
int cmd_move(const WCHAR *), cmd_path(const WCHAR *), cmd_pause(const WCHAR *), cmd_popd(const WCHAR *),
	cmd_prompt(const WCHAR *);
int cmd_pushd(const WCHAR *), cmd_rd(const WCHAR *), cmd_rem(const WCHAR *), cmd_ren(const WCHAR *),
	cmd_set(const WCHAR *);
int cmd_setlocal(const WCHAR *), cmd_shift(const WCHAR *), cmd_start(const WCHAR *), cmd_time(const WCHAR *);
int cmd_title(const WCHAR *), cmd_type(const WCHAR *), cmd_ver(const WCHAR *), cmd_verify(const WCHAR *),
	cmd_vol(const WCHAR *);
/* X: */
int cmd_drive(WCHAR letter);
unsigned cmd_pushed(void);

/* arithmetic.c: SET /A; false with *error, a message's text. */
bool cmd_evaluate(const WCHAR *expression, int32_t *value, const char **error, int *level);

/* prompt.c */
void cmd_put_prompt(struct io_wide *to);
void cmd_put_date(struct io_wide *to, const SYSTEMTIME *time);
void cmd_put_version(struct io_wide *to);

/* names.c: arguments of commands */

/* The next word, without its quotes; false: there is none.  `switches`: one that begins with / ends before the next
 * one. */
bool cmd_next_word(const WCHAR **at, struct io_wide *word, bool *quoted);
/* The same as written, with its quotes. */
bool cmd_next_raw(const WCHAR **at, struct io_wide *word);
void cmd_full_path(const WCHAR *name, struct io_wide *full);
void cmd_current_directory(struct io_wide *directory);
/* The part of a path before its last name, with the backslash. */
size_t cmd_folder_length(const WCHAR *path);
void cmd_join(struct io_wide *to, const WCHAR *folder, const WCHAR *name);
bool cmd_is_folder(const WCHAR *path);
/* A name made of a pattern (REN, COPY, MOVE): ? and * take from `source`. */
void cmd_apply_pattern(struct io_wide *to, const WCHAR *source, const WCHAR *pattern);
/* Asks; the answer's first letter in upper case. */
WCHAR cmd_ask(const char *format, const WCHAR *name, const WCHAR *answers);
/* What a pattern finds, sorted as NTFS does it, in an array of the command's; . and .. only with `dots`. */
WIN32_FIND_DATAW *cmd_list(const WCHAR *pattern, size_t *count, bool dots);

#endif
