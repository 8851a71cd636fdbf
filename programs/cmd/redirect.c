/*
 * programs/cmd/redirect.c - < > >> and >&: the standard handles of this process, which its children inherit.
 */
#include "programs/cmd/cmd.h"

#define HANDLE_INHERITS 1u

BOOL WINAPI SetHandleInformation(HANDLE, DWORD, DWORD);

static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

static HANDLE get_handle(unsigned fd)
{
	return fd < 3 ? GetStdHandle(standard[fd]) : cmd.handles[fd];
}

void cmd_set_handle(unsigned fd, HANDLE handle)
{
	if (fd < 3)
		SetStdHandle(standard[fd], handle);
	else
		cmd.handles[fd] = handle;
}

/* The file of a redirection without its quotes. */
static const WCHAR *file_name(const WCHAR *text)
{
	struct io_wide name;

	io_wide_init(&name);
	for (; *text; text++)
		if (*text != u'"')
			text_put_unit(&name, *text);
	return cmd_keep(&name);
}

static HANDLE open_file(const struct redirect *redirect)
{
	SECURITY_ATTRIBUTES inherited = {.nLength = sizeof(inherited), .bInheritHandle = TRUE};
	const WCHAR *name = file_name(cmd_expand_late(redirect->file));
	LARGE_INTEGER zero = {0};
	HANDLE handle;

	switch (redirect->kind) {
	case REDIRECT_IN:
		return CreateFileW(name, GENERIC_READ_ACCESS, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
				   OPEN_EXISTING, 0, NULL);
	case REDIRECT_OUT:
		return CreateFileW(name, GENERIC_WRITE_ACCESS, FILE_SHARE_READ | FILE_SHARE_DELETE, &inherited,
				   CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	default:
		handle = CreateFileW(name, GENERIC_WRITE_ACCESS | GENERIC_READ_ACCESS,
				     FILE_SHARE_READ | FILE_SHARE_DELETE, &inherited, OPEN_ALWAYS,
				     FILE_ATTRIBUTE_NORMAL, NULL);
		if (handle == INVALID_HANDLE)
			handle = CreateFileW(name, GENERIC_WRITE_ACCESS, FILE_SHARE_READ | FILE_SHARE_DELETE,
					     &inherited, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
		if (handle != INVALID_HANDLE)
			SetFilePointerEx(handle, zero, NULL, FILE_END);
		return handle;
	}
}

bool cmd_redirect(const struct redirect *redirects, struct saved_handles *saved)
{
	saved->changed = 0;
	for (; redirects; redirects = redirects->next) {
		HANDLE handle = INVALID_HANDLE;

		if (redirects->kind == REDIRECT_SAME) {
			HANDLE source = get_handle(redirects->source);

			if (!source || !DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &handle, 0,
							TRUE, DUPLICATE_SAME)) {
				output_error("The handle could not be duplicated during redirection of handle %u.\n",
					     redirects->fd);
				return false;
			}
		} else {
			handle = open_file(redirects);
			if (handle == INVALID_HANDLE) {
				output_system_error(GetLastError());
				return false;
			}
		}
		if (saved->changed & 1u << redirects->fd) {
			CloseHandle(get_handle(redirects->fd));
		} else {
			saved->old[redirects->fd] = get_handle(redirects->fd);
			saved->changed |= 1u << redirects->fd;
			/* Children are not to hold on to what they do not see. */
			if (saved->old[redirects->fd])
				SetHandleInformation(saved->old[redirects->fd], HANDLE_INHERITS, 0);
		}
		cmd_set_handle(redirects->fd, handle);
	}
	return true;
}

void cmd_restore(struct saved_handles *saved)
{
	for (unsigned fd = 0; fd < ARRAY_SIZE(saved->old); fd++) {
		if (!(saved->changed & 1u << fd))
			continue;
		CloseHandle(get_handle(fd));
		cmd_set_handle(fd, saved->old[fd]);
		if (saved->old[fd])
			SetHandleInformation(saved->old[fd], HANDLE_INHERITS, HANDLE_INHERITS);
	}
	saved->changed = 0;
}
