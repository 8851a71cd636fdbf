/*
 * symbols.c - dbghelp without debug files: handlers, exports as symbols, stack walks, modules.
 */
#include "guest.h"
#include <dbghelp.h>

__declspec(dllexport) __attribute__((noinline)) int exported_function(int x)
{
	return x * 3 + 1;
}

static HANDLE process;

static void handlers(void)
{
	WCHAR path[100] = L"x";
	DWORD options = SymGetOptions();

	CHECK_EQUAL(SymSetOptions(SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME), SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME);
	CHECK_EQUAL(SymGetOptions(), SYMOPT_DEFERRED_LOADS | SYMOPT_UNDNAME);
	SymSetOptions(options);
	CHECK(!SymCleanup(process));
	CHECK(!SymGetModuleBase64(process, (ULONG_PTR)exported_function));
	CHECK(SymInitializeW(process, L"c:\\symbols", TRUE));
	CHECK_FAILS(SymInitializeW(process, NULL, TRUE), ERROR_INVALID_PARAMETER);
	CHECK(SymGetSearchPathW(process, path, 100));
	CHECK(!wcscmp(path, L"c:\\symbols"));
	CHECK(SymSetSearchPathW(process, L"c:\\other"));
	CHECK(SymGetSearchPathW(process, path, 100));
	CHECK(!wcscmp(path, L"c:\\other"));
}

static void names(void)
{
	char buffer[sizeof(SYMBOL_INFO) + 100];
	SYMBOL_INFO *symbol = (SYMBOL_INFO *)buffer;
	union {
		SYMBOL_INFOW symbol;
		char room[sizeof(SYMBOL_INFOW) + 200];
	} wide;
	IMAGEHLP_LINE64 line = {sizeof(line)};
	HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
	ULONG_PTR known = (ULONG_PTR)GetProcAddress(kernel, "GetTickCount");
	DWORD64 displacement = 99;
	DWORD offset;

	memset(buffer, 0, sizeof(buffer));
	symbol->SizeOfStruct = sizeof(*symbol);
	symbol->MaxNameLen = 100;
	CHECK(SymFromAddr(process, (ULONG_PTR)exported_function + 2, &displacement, symbol));
	CHECK(!strcmp(symbol->Name, "exported_function"));
	CHECK_EQUAL(displacement, 2);
	CHECK_EQUAL(symbol->Address, (ULONG_PTR)exported_function);
	CHECK_EQUAL(symbol->ModBase, (ULONG_PTR)GetModuleHandleW(NULL));
	CHECK_EQUAL(symbol->NameLen, strlen("exported_function"));
	symbol->MaxNameLen = 5;
	CHECK(SymFromAddr(process, (ULONG_PTR)exported_function, NULL, symbol));
	CHECK(!memcmp(symbol->Name, "expo", 4));
	memset(&wide, 0, sizeof(wide));
	wide.symbol.SizeOfStruct = sizeof(wide.symbol);
	wide.symbol.MaxNameLen = 100;
	CHECK(SymFromAddrW(process, known, &displacement, &wide.symbol));
	CHECK_EQUAL(wide.symbol.ModBase, (ULONG_PTR)kernel);
	CHECK(!wcscmp(wide.symbol.Name, L"GetTickCount"));
	symbol->MaxNameLen = 100;
	CHECK(SymFromName(process, "exported_function", symbol));
	CHECK_EQUAL(symbol->Address, (ULONG_PTR)exported_function);
	CHECK(!SymFromName(process, "no_such_function_at_all", symbol));
	CHECK_FAILS(SymFromAddr(process, 16, &displacement, symbol), ERROR_MOD_NOT_FOUND);
	symbol->SizeOfStruct = 1;
	CHECK_FAILS(SymFromAddr(process, known, &displacement, symbol), ERROR_INVALID_PARAMETER);
	CHECK(!SymGetLineFromAddr64(process, known, &offset, &line));
	CHECK_EQUAL(SymGetModuleBase64(process, known), (ULONG_PTR)kernel);
	CHECK_EQUAL(SymGetModuleBase64(process, 16), 0);
}

static unsigned frames, found_outer;

__attribute__((noinline)) static void walk(ULONG_PTR outer_start)
{
	CONTEXT context;
	STACKFRAME64 frame = {0};
	ULONG_PTR last = 0;

	RtlCaptureContext(&context);
	frame.AddrPC.Offset = context.Rip;
	frame.AddrPC.Mode = frame.AddrStack.Mode = frame.AddrFrame.Mode = AddrModeFlat;
	frame.AddrStack.Offset = context.Rsp;
	frame.AddrFrame.Offset = context.Rbp;
	while (frames < 100 && StackWalk64(IMAGE_FILE_MACHINE_AMD64, process, GetCurrentThread(), &frame, &context, NULL,
					   SymFunctionTableAccess64, SymGetModuleBase64, NULL)) {
		if (!frames)
			CHECK(frame.AddrPC.Offset >= (ULONG_PTR)walk && frame.AddrPC.Offset < (ULONG_PTR)walk + 0x400);
		CHECK(frame.AddrStack.Offset > last);
		last = frame.AddrStack.Offset;
		found_outer |= frame.AddrPC.Offset >= outer_start && frame.AddrPC.Offset < outer_start + 0x200;
		frames++;
	}
}

__attribute__((noinline)) static void outer(void)
{
	walk((ULONG_PTR)outer);
	CHECK(frames >= 3 && frames < 100);
	CHECK(found_outer);
}

static unsigned modules, seen;

static BOOL CALLBACK on_module(PCWSTR name, DWORD64 base, ULONG size, PVOID context)
{
	CHECK(context == &modules && size >= 0x1000);
	modules++;
	seen |= base == (ULONG_PTR)GetModuleHandleW(NULL);
	seen |= (base == (ULONG_PTR)GetModuleHandleW(L"kernel32.dll")) << 1;
	return wcschr(name, '.') != NULL;
}

static void images(void)
{
	BYTE *base = (BYTE *)GetModuleHandleW(NULL);
	IMAGE_NT_HEADERS *headers = ImageNtHeader(base);
	IMAGEHLP_MODULE64 info = {sizeof(info)};
	IMAGE_SECTION_HEADER *section = NULL;
	ULONG size = 0;
	void *exports;

	CHECK(headers && headers->Signature == IMAGE_NT_SIGNATURE);
	exports = ImageDirectoryEntryToDataEx(base, TRUE, IMAGE_DIRECTORY_ENTRY_EXPORT, &size, &section);
	CHECK(exports == base + headers->OptionalHeader.DataDirectory[0].VirtualAddress);
	CHECK_EQUAL(size, headers->OptionalHeader.DataDirectory[0].Size);
	CHECK(ImageRvaToSection(headers, base, 0x7FFFFFF0) == NULL);
	section = ImageRvaToSection(headers, base, (ULONG)((BYTE *)exports - base));
	CHECK(section && section->VirtualAddress <= (ULONG)((BYTE *)exports - base));
	CHECK(SymGetModuleInfo64(process, (ULONG_PTR)exported_function, &info));
	CHECK_EQUAL(info.BaseOfImage, (ULONG_PTR)base);
	CHECK_EQUAL(info.ImageSize, headers->OptionalHeader.SizeOfImage);
	CHECK(!strcmp(info.ModuleName, "symbols"));
}

int main(void)
{
	process = GetCurrentProcess();
	handlers();
	names();
	outer();
	images();
	CHECK(EnumerateLoadedModulesW64(process, on_module, &modules));
	CHECK(modules >= 3);
	CHECK_EQUAL(seen, 3);
	CHECK(SymCleanup(process));
	CHECK(!SymCleanup(process));
	return guest_result();
}
