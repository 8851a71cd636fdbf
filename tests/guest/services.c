/*
 * services.c - the service control manager as a console program of an ordinary user meets it: it can be opened and asked, has
 * no service of this name, lets nobody make one, and this process is no service.  And the clipboard without a desktop.
 */
#include "guest.h"

static const wchar_t name[] = L"pewter no such service";

static void manager(void)
{
	SC_HANDLE handle, other;
	DWORD needed = 1, count = 1, resume = 0;

	handle = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
	CHECK(handle != NULL);
	CHECK_FAILS(OpenServiceW(handle, name, SERVICE_QUERY_STATUS) != NULL, ERROR_SERVICE_DOES_NOT_EXIST);
	CHECK_FAILS(OpenServiceA(handle, "pewter no such service", SERVICE_QUERY_STATUS) != NULL, ERROR_SERVICE_DOES_NOT_EXIST);
	CHECK_FAILS(OpenServiceW(handle, L"a/b", SERVICE_QUERY_STATUS) != NULL, ERROR_INVALID_NAME);
	CHECK_FAILS(EnumServicesStatusExW(handle, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL, NULL, 0, &needed, &count,
					  NULL, NULL),
		    ERROR_ACCESS_DENIED); /* not opened for it */
	other = OpenSCManagerA("", "ServicesActive", SC_MANAGER_ENUMERATE_SERVICE);
	CHECK(other != NULL && other != handle);
	CHECK_FAILS(EnumServicesStatusExW(other, 1, SERVICE_WIN32, SERVICE_STATE_ALL, NULL, 0, &needed, &count, NULL, NULL),
		    ERROR_INVALID_LEVEL);
	CHECK_FAILS(EnumServicesStatusExW(other, SC_ENUM_PROCESS_INFO, 0, SERVICE_STATE_ALL, NULL, 0, &needed, &count, NULL, NULL),
		    ERROR_INVALID_PARAMETER);
	/* A machine without services has nothing to say; others need more room. */
	if (!EnumServicesStatusExW(other, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL, NULL, 0, &needed, &count, &resume, NULL)) {
		CHECK_EQUAL(GetLastError(), ERROR_MORE_DATA);
		CHECK(needed > 0);
	}
	CHECK_EQUAL(count, 0);
	CHECK(CloseServiceHandle(other));
	CHECK(CloseServiceHandle(handle));
	CHECK_FAILS(CloseServiceHandle(NULL), ERROR_INVALID_HANDLE);
	CHECK_FAILS(OpenServiceW(NULL, name, SERVICE_QUERY_STATUS) != NULL, ERROR_INVALID_HANDLE);
	CHECK_FAILS(OpenSCManagerW(NULL, L"Other", SC_MANAGER_CONNECT) != NULL, ERROR_INVALID_NAME);
	CHECK_FAILS(OpenSCManagerW(NULL, L"ServicesFailed", SC_MANAGER_CONNECT) != NULL, ERROR_DATABASE_DOES_NOT_EXIST);
}

static void WINAPI service_main(DWORD count, LPWSTR *arguments)
{
	(void)count;
	(void)arguments;
	CHECK(!"called");
}

static DWORD WINAPI handler(DWORD control, DWORD type, LPVOID data, LPVOID context)
{
	(void)control;
	(void)type;
	(void)data;
	(void)context;
	return NO_ERROR;
}

static void no_service(void)
{
	SERVICE_TABLE_ENTRYW table[] = {{(LPWSTR)name, service_main}, {NULL, NULL}};
	SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = SERVICE_RUNNING};

	CHECK_FAILS(StartServiceCtrlDispatcherW(table), ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
	CHECK_FAILS(RegisterServiceCtrlHandlerExW(name, handler, NULL) != NULL, ERROR_SERVICE_NOT_IN_EXE);
	CHECK_FAILS(SetServiceStatus(NULL, &status), ERROR_INVALID_HANDLE);
	CHECK_FAILS(QueryServiceStatus(NULL, &status), ERROR_INVALID_HANDLE);
}

/* Whoever has not opened the clipboard cannot read it; without a desktop nobody opens it. */
static void clipboard(void)
{
	if (OpenClipboard(NULL)) {
		CHECK(CloseClipboard());
	} else {
		CHECK(!IsClipboardFormatAvailable(CF_UNICODETEXT));
		CHECK_EQUAL(CountClipboardFormats(), 0);
	}
	CHECK_FAILS(CloseClipboard(), ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(GetClipboardData(CF_UNICODETEXT) != NULL, ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(EmptyClipboard(), ERROR_CLIPBOARD_NOT_OPEN);
	CHECK_FAILS(EnumClipboardFormats(0) != 0, ERROR_CLIPBOARD_NOT_OPEN);
}

int main(void)
{
	manager();
	no_service();
	clipboard();
	return guest_result();
}
