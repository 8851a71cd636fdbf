/*
 * tests/cxx/async.cpp - C++ handlers of a program built for asynchronous exceptions (/EHa): structured exceptions run
 * destructors, catch (...) takes them, a translator makes C++ exceptions of them.
 */
typedef unsigned long DWORD; typedef unsigned long long SIZE;
struct RECORD { DWORD code, flags; RECORD *next; void *address; DWORD count; SIZE info[15]; };
struct POINTERS { RECORD *record; void *context; };
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void *, const void *, unsigned, unsigned *, void *);
__declspec(dllimport) void __stdcall RaiseException(DWORD, DWORD, DWORD, const SIZE *);
__declspec(dllimport) int __uncaught_exceptions();
typedef void (*translator)(unsigned, POINTERS *);
__declspec(dllimport) translator _set_se_translator(translator);
__declspec(dllimport) void __std_terminate();
__declspec(dllimport) void terminate();
unsigned long _exception_code(void);
void *vt[2] __asm__("??_7type_info@@6B@") = {0, 0};
int _fltused;
}
#define N __attribute__((noinline))
static char trace[4096];
static int tn;
static void put(char c) { trace[tn++] = c; }
static volatile int zero;
static int *volatile nowhere;
struct D { char c; D(char x) : c(x) {} ~D() { put(c); } };
struct Structured { unsigned code; Structured(unsigned c) : code(c) {} Structured(const Structured &o) : code(o.code) { put('s'); } ~Structured() { put('~'); } };
static void translate(unsigned code, POINTERS *p) { put('T'); if (code != p->record->code) put('!'); if (code == 0xE0000077) return; throw Structured(code); }

N void fault_() { D d('f'); *nowhere = 1; }
static void (*volatile fault)() = fault_;
N void raise_(DWORD code) { D d('r'); RaiseException(code, 0, 0, 0); }
N int all() { D a('a'); try { D b('b'); raise_(0xE0000001); } catch (...) { put('c'); return 1; } return 0; }
N int all_fault() { D a('a'); try { D b('b'); fault(); } catch (int) { put('!'); } catch (...) { put('c'); return 1; } return 0; }
N int rethrown() { try { try { D b('b'); raise_(0xE0000002); } catch (...) { D h('h'); put('1'); throw; } } catch (...) { put('2'); return 1; } return 0; }
N int outer_seh() { __try { rethrown(); raise_(0xE0000003); } __except (1) { put('x'); return 1; } return 0; }
N int rethrown_to_seh_() { try { D b('b'); raise_(0xE0000004); } catch (...) { D h('h'); throw; } return 0; }
N int rethrown_to_seh() { __try { rethrown_to_seh_(); } __except (_exception_code() == 0xE06D7363) { put('x'); return 1; } return 0; }
N int translated() { translator old = _set_se_translator(translate); int r = 0;
	try { D b('b'); fault(); } catch (Structured &s) { r = s.code == 0xC0000005; }
	try { D b('b'); raise_(0xE0000005); } catch (Structured s) { r += s.code == 0xE0000005; }
	try { D b('b'); raise_(0xE0000077); } catch (Structured &) { r = -100; } catch (...) { put('d'); r++; }
	try { throw 3; } catch (int x) { r += x; }
	if (_set_se_translator(old) != translate) r = -200;
	return r; }
static void flush(const char *n, int r) { char line[4200]; int k = 0; while (*n) line[k++] = *n++; line[k++] = ' '; for (int i = 0; i < tn; i++) line[k++] = trace[i]; line[k++] = ' ';
	char num[12]; int q = 0; if (r < 0) { line[k++] = '-'; r = -r; } do num[q++] = '0' + r % 10; while (r /= 10); while (q) line[k++] = num[--q]; line[k++] = '\n'; unsigned w; WriteFile(GetStdHandle(-11), line, k, &w, 0); tn = 0; }
extern "C" void mainCRTStartup() {
	int r;
#define T(f) tn = 0; r = f(); flush(#f, r);
	T(all) T(all_fault) T(rethrown) T(outer_seh) T(rethrown_to_seh) T(translated)
	ExitProcess(0);
}
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
