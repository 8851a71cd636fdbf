/*
 * tests/cxx/unwind.cpp - structured exceptions and C++ exceptions in one program, as Microsoft's tables describe them.
 * Each line of the output: the test, what happened in its order, the result.
 */
typedef unsigned long DWORD; typedef unsigned long long SIZE; typedef void *HANDLE;
struct RECORD { DWORD code, flags; RECORD *next; void *address; DWORD count; SIZE info[15]; };
struct POINTERS { RECORD *record; void *context; };
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void *, const void *, unsigned, unsigned *, void *);
__declspec(dllimport) void __stdcall RaiseException(DWORD, DWORD, DWORD, const SIZE *);
__declspec(dllimport) HANDLE __stdcall CreateThread(void *, SIZE, DWORD(__stdcall *)(void *), void *, DWORD, DWORD *);
__declspec(dllimport) DWORD __stdcall WaitForSingleObject(HANDLE, DWORD);
__declspec(dllimport) int __stdcall GetExitCodeThread(HANDLE, DWORD *);
__declspec(dllimport) void *__stdcall VirtualAlloc(void *, SIZE, DWORD, DWORD);
__declspec(dllimport) int __stdcall VirtualProtect(void *, SIZE, DWORD, DWORD *);
__declspec(dllimport) int __uncaught_exceptions();
__declspec(dllimport) void *malloc(SIZE);
__declspec(dllimport) void free(void *);
typedef void (*terminate_handler)();
__declspec(dllimport) terminate_handler set_terminate(terminate_handler);
typedef void (*translator)(unsigned, POINTERS *);
__declspec(dllimport) translator _set_se_translator(translator);
typedef struct __attribute__((aligned(16))) { SIZE part[2]; } jmp_buf[16];
int _setjmpex(jmp_buf);
__declspec(noreturn) void longjmp(jmp_buf, int);
__declspec(dllimport) void __std_terminate();
__declspec(dllimport) int _crt_atexit(void (*)());
int atexit(void (*f)()) { return _crt_atexit(f); }
void *vt[2] __asm__("??_7type_info@@6B@") = {0, 0};
int _fltused;
void terminate();
unsigned long _exception_code(void);
void *_exception_info(void);
int _abnormal_termination(void);
}
#define N __attribute__((noinline))
static char trace[4096];
static int tn;
static void put(char c) { trace[tn++] = c; }
static volatile int zero, one = 1;
struct D { char c; D(char x) : c(x) {} ~D() { put(c); } };

N void raise_(DWORD code, DWORD flags) { RaiseException(code, flags, 0, 0); }
N void cpp(int x) { D d('t'); if (one) throw x; }
static int note(char c, int r) { put(c); return r; }

/* -- structured exceptions ----------------------------------------------------------------- */
N int filter_values() {
	int r = 0;
	__try { __try { raise_(0xE0000001, 0); put('!'); } __except (note('s', 0)) { r = -1; } }
	__except (note('x', _exception_code() == 0xE0000001)) { r = 1; }
	__try { raise_(0xE0000002, 0); r += 10; } __except (note('c', -1)) { r = -1; }
	return r;
}
N int finally_order() {
	int r = 0;
	__try {
		__try { __try { raise_(0xE0000003, 0); } __finally { put(_abnormal_termination() ? 'A' : 'n'); } }
		__finally { put(_abnormal_termination() ? 'B' : 'm'); }
	} __except (note('f', 1)) { r = 1; put('h'); }
	__try { put('-'); } __finally { put(_abnormal_termination() ? 'C' : 'o'); }
	return r;
}
N int leave_return() {
	__try { for (int i = 0; i < 3; i++) { __try { if (i == 1) __leave; put('0' + i); } __finally { put(_abnormal_termination() ? 'A' : 'n'); } } if (one) return 4; }
	__finally { put('F'); }
	return 5;
}
N void finally_raises(int k) { __try { raise_(0xE0000010 + k, 0); } __finally { put('F'); raise_(0xE0000020 + k, 0); } }
N int collided() {
	int r = 0;
	__try { __try { finally_raises(1); } __except (note('1', _exception_code() == 0xE0000021)) { r = 1; } } __except (note('2', 1)) { r = (int)(_exception_code() & 0xff); }
	return r;
}
N int nested_record() {   /* an exception of a filter: the record's chain, the inner one handled inside */
	int r = 0;
	__try { raise_(0xE0000005, 0); }
	__except ([]() -> int { int q = 0; __try { raise_(0xE0000006, 0); } __except (1) { q = 1; put('q'); } return q; }()) { r = 1; }
	return r;
}
N int noncontinuable() {
	int r = 0;
	__try { __try { raise_(0xE0000007, 1); } __except (_exception_code() == 0xE0000007 ? note('c', -1) : 0) { r = -1; } }
	__except (note('x', _exception_code() == 0xC0000025 ? 1 : 0)) { RECORD *e = 0; r = 1; (void)e; }
	return r;
}
static int chain(POINTERS *p) { RECORD *e = p->record; put(e->code == 0xC0000025 && e->next && e->next->code == 0xE0000008 ? 'y' : 'n'); return 1; }
N int noncontinuable_chain() {
	__try { __try { raise_(0xE0000008, 1); } __except (_exception_code() == 0xE0000008 ? -1 : 0) {} } __except (chain((POINTERS *)_exception_info())) { return 1; }
	return 0;
}
static int fix(POINTERS *p, char *page) { DWORD o; RECORD *e = p->record;
	put(e->code == 0xC0000005 && e->count == 2 && e->info[0] == 1 && e->info[1] == (SIZE)page ? 'w' : '?'); VirtualProtect(page, 4096, 4, &o); return -1; }
N void poke(volatile char *p) { *p = 'p'; }
N void divide_() { volatile int a = 100; zero = a / zero; }
N int repair() {
	char *p = (char *)VirtualAlloc(0, 4096, 0x3000, 2);
	__try { poke(p); } __except (fix((POINTERS *)_exception_info(), p)) { return -1; }
	put(*p); return 1;
}
N int divide() { __try { divide_(); } __except (note('d', _exception_code() == 0xC0000094)) { return 1; } return 0; }
N int deep(int n) { int r = 0; __try { if (n == 0) cpp(3); r = deep(n - 1); } __finally { tn -= 0; one = 1; if (n % 100 == 0) put('f'); } return r; }
static int look(POINTERS *p) { RECORD *e = p->record; put(e->code == 0xE06D7363 && e->flags == 1 && e->count == 4 && e->info[0] == 0x19930520 ? 'C' : '?'); put('0' + *(int *)e->info[1]); return 1; }
N int cpp_in_seh() { __try { deep(300); } __except (look((POINTERS *)_exception_info())) { return 1; } return 0; }
N void with_dtors() { D a('a'); D b('b'); raise_(0xE0000009, 0); }
N int seh_past_dtors() { __try { with_dtors(); } __except (1) { put('h'); return 1; } return 0; }
N int catch_all_async() { D a('a'); try { D b('b'); raise_(0xE000000A, 0); } catch (...) { put('!'); return 2; } return 0; }
N int sync_all() { __try { return catch_all_async(); } __except (1) { put('h'); return 1; } return 0; }

/* -- C++ -------------------------------------------------------------------------------------- */
struct V { int v; V(int x) : v(x) {} virtual ~V() {} };
struct L : virtual V { L() : V(1) {} };
struct R : virtual V { R() : V(2) {} };
struct LR : L, R { int own; LR() : V(9), own(7) {} };
struct A1 { int a; A1() : a(1) {} };
struct B1 : A1 {}; struct C1 : A1 {};
struct Ambiguous : B1, C1 {};
struct Hidden : private A1 {};
N int virtual_base() { try { throw LR(); } catch (V &v) { return v.v; } }
N int virtual_base_value() { try { throw LR(); } catch (L l) { return l.v; } }
N int ambiguous() { try { throw Ambiguous(); } catch (A1 &) { return 1; } catch (B1 &b) { return 2; } }
N int hidden() { try { throw Hidden(); } catch (A1 &) { return 1; } catch (...) { return 2; } }
N int pointer_base() { LR shared; try { throw &shared; } catch (const V *v) { return v == static_cast<V *>(&shared) ? v->v : -1; } }
N int pointer_void() { LR shared; try { throw &shared; } catch (const void *v) { return v == &shared; } }
N int pointer_null() { try { throw nullptr; } catch (void *p) { return p == 0; } }
N int pointer_const() { const char *t = "c"; try { throw t; } catch (char *) { return 1; } catch (const char *) { return 2; } }
N int reference_to_pointer() { LR shared; try { throw &shared; } catch (LR *&p) { return p == &shared; } }
N int int_long() { try { throw 1L; } catch (int) { return 1; } catch (unsigned long) { return 2; } catch (long) { return 3; } }
struct Count { static int live, copies; char pad[40]; Count() { live++; } Count(const Count &) { live++; copies++; } ~Count() { live--; } };
int Count::live, Count::copies;
N int lifetimes() { Count::copies = 0; try { throw Count(); } catch (Count c) { put('0' + Count::live); } put('0' + Count::live);
	try { Count c; throw c; } catch (Count &) { put('0' + Count::live); } put('0' + Count::live);
	try { try { throw Count(); } catch (Count &) { throw; } } catch (Count &) { put('0' + Count::live); } put('0' + Count::live);
	try { try { throw Count(); } catch (Count &) { throw 1; } } catch (int) { put('0' + Count::live); } put('0' + Count::live);
	return Count::copies; }
struct Part { D d; Part(char c, int t) : d(c) { if (t) throw c; } ~Part() { put('~'); } };
struct Whole { Part a, b, c; Whole(int t) try : a('a', t == 1), b('b', t == 2), c('c', t == 3) { if (t == 4) throw 'w'; } catch (char x) { put('['); put(x); put(']'); } ~Whole() { put('W'); } };
N int function_try() { int r = 0; for (int i = 0; i < 5; i++) { try { Whole w(i); } catch (char c) { r++; } put('.'); } return r; }
N int array() { static int k; struct E { int me; E() : me(++k) { if (me == 4) throw me; } ~E() { put('0' + me); } }; k = 0; try { E e[6]; } catch (int x) { return x; } return 0; }
static int deleted;
void *operator new(SIZE n) { return malloc(n); }
void operator delete(void *p, SIZE) noexcept { deleted++; free(p); }
void operator delete(void *p) noexcept { deleted++; free(p); }
N int new_throws() { deleted = 0; try { new Part('p', 1); } catch (char) { return deleted; } return -1; }
N void lippincott() { try { throw; } catch (int x) { put('i'); put('0' + x); } catch (const char *s) { put('s'); put(*s); } }
N int dispatcher() { try { cpp(4); } catch (...) { lippincott(); try { throw "z"; } catch (...) { lippincott(); } lippincott(); } return 1; }
struct Quiet { ~Quiet() { put('0' + __uncaught_exceptions()); try { cpp(8); } catch (int x) { put('0' + x); put('0' + __uncaught_exceptions()); } } };
N int in_dtor() { try { Quiet q; D d('d'); cpp(2); } catch (int x) { put('0' + __uncaught_exceptions()); return x; } return 0; }
N int leave_catch() { int s = 0; for (int i = 0; i < 6; i++) { D l('l'); try { cpp(i); } catch (int x) { D h('h'); if (x == 1) continue; if (x == 3) goto out; if (x == 4) break; s += 10; } s++; continue; out: s += 100; }
	return s; }
N int return_from_catch(int k) { D o('o'); try { try { cpp(k); } catch (int x) { D h('h'); if (x == 1) return 7; throw 2L; } } catch (long) { return 8; } return 9; }
N int returns() { return return_from_catch(1) * 10 + return_from_catch(2); }
N int recursive(int n) { D d((char)('a' + n)); if (n == 0) cpp(5); try { return recursive(n - 1); } catch (int x) { if (n % 3) throw; put('('); put('0' + x); put(')'); throw x + 1; } }
N int recursion() { try { return recursive(7); } catch (int x) { return x; } }
static int in_catch_depth(int n) { try { throw n; } catch (int x) { return x == 0 ? 0 : 1 + in_catch_depth(x - 1); } }
N int catch_depth() { return in_catch_depth(40); }
N int big_frames(int n) { volatile char pad[9000]; pad[n] = 1; D d('b'); if (n == 0) cpp(1); return big_frames(n - 1) + pad[0]; }
N int big() { try { return big_frames(3); } catch (int x) { return x; } }
struct alignas(64) Wide { int v; Wide(int x) : v(x) {} Wide(const Wide &o) : v(o.v) { put(((SIZE)this & 7) ? 'u' : 'a'); } ~Wide() {} };
N int wide() { Wide local(3); try { throw 1; } catch (int) { local.v++; } return local.v + (((SIZE)&local & 63) != 0); }

/* -- both ------------------------------------------------------------------------------------- */
N void three() { D d('3'); cpp(6); }
N void two() { __try { three(); } __finally { put('F'); } }
N int one_() { D o('o'); try { two(); } catch (int x) { put('c'); return x; } return 0; }
N void seh_eats() { __try { three(); } __except (_exception_code() == 0xE06D7363) { put('e'); } }
N int eaten() { try { D x('x'); seh_eats(); } catch (...) { return -1; } return __uncaught_exceptions(); }
N void finally_catches() { __try { cpp(1); } __finally { put('F'); put('0' + one_()); } }
N int finally_cpp() { try { finally_catches(); } catch (int x) { return x; } return 0; }
N void raise_in_catch() { try { cpp(1); } catch (int) { D r('r'); raise_(0xE0000030, 0); } }
N int seh_from_catch() { __try { raise_in_catch(); } __except (1) { put('h'); return 1; } return 0; }
static DWORD __stdcall in_thread(void *p) { int r = 0; try { D k('k'); cpp(*(int *)p); } catch (int x) { r = x; } return r; }
N int thread() { int k = 8; DWORD c = 0; HANDLE h = CreateThread(0, 0, in_thread, &k, 0, 0); WaitForSingleObject(h, -1); GetExitCodeThread(h, &c); return c; }
static jmp_buf env;
N void jumper() { D j('j'); put('J'); longjmp(env, 3); }
N int jump_() { int r = _setjmpex(env); if (r == 0) { D k('k'); jumper(); } put('r'); return r; }
N void jump_past_finally() { __try { jumper(); } __finally { put('F'); put(_abnormal_termination() ? 'a' : 'n'); } }
N int jump_finally() { int r = _setjmpex(env); if (r == 0) jump_past_finally(); return r; }

static void flush(const char *n, int r) { char line[4200]; int k = 0; while (*n) line[k++] = *n++; line[k++] = ' '; for (int i = 0; i < tn; i++) line[k++] = trace[i]; line[k++] = ' ';
	char num[12]; int q = 0; if (r < 0) { line[k++] = '-'; r = -r; } do num[q++] = '0' + r % 10; while (r /= 10); while (q) line[k++] = num[--q]; line[k++] = '\n'; unsigned w; WriteFile(GetStdHandle(-11), line, k, &w, 0); tn = 0; }
static void last() { put('T'); flush("terminated", __uncaught_exceptions()); ExitProcess(0); }
N void forbidden() noexcept { D d('d'); cpp(1); }
static void (*volatile call)() = (void (*)())forbidden;
N void quiet() { try { call(); } catch (...) { put('!'); } }
extern "C" void mainCRTStartup() {
	int r;
#define T(f) tn = 0; r = f(); flush(#f, r);
	T(filter_values) T(finally_order) T(leave_return) T(collided) T(nested_record) T(noncontinuable) T(noncontinuable_chain) T(repair) T(divide) T(cpp_in_seh)
	T(seh_past_dtors) T(sync_all)
	T(virtual_base) T(virtual_base_value) T(ambiguous) T(hidden) T(pointer_base) T(pointer_void) T(pointer_null) T(pointer_const) T(reference_to_pointer) T(int_long)
	T(lifetimes) T(function_try) T(array) T(new_throws) T(dispatcher) T(in_dtor) T(leave_catch) T(returns) T(recursion) T(catch_depth) T(big) T(wide)
	T(one_) T(eaten) T(finally_cpp) T(seh_from_catch) T(thread) T(jump_) T(jump_finally)
	set_terminate(last);
	quiet();
	ExitProcess(1);
}
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
