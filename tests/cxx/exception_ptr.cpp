/*
 * tests/cxx/exception_ptr.cpp - what std::exception_ptr is made of: exceptions kept beyond their catch block, thrown again, by
 * several, in another thread.
 */
typedef unsigned long long SIZE;
extern "C" {
__declspec(dllimport) void __stdcall ExitProcess(unsigned);
__declspec(dllimport) void *__stdcall GetStdHandle(unsigned);
__declspec(dllimport) int __stdcall WriteFile(void *, const void *, unsigned, unsigned *, void *);
__declspec(dllimport) void *__stdcall CreateThread(void *, SIZE, unsigned(__stdcall *)(void *), void *, unsigned, unsigned *);
__declspec(dllimport) unsigned __stdcall WaitForSingleObject(void *, unsigned);
__declspec(dllimport) void terminate();
void *vt[2] __asm__("??_7type_info@@6B@") = {0, 0};
int _fltused;
}
struct eptr { void *a = 0, *b = 0; };
__declspec(dllimport) void __cdecl __ExceptionPtrCreate(void *);
__declspec(dllimport) void __cdecl __ExceptionPtrDestroy(void *);
__declspec(dllimport) void __cdecl __ExceptionPtrCopy(void *, const void *);
__declspec(dllimport) void __cdecl __ExceptionPtrAssign(void *, const void *);
__declspec(dllimport) bool __cdecl __ExceptionPtrCompare(const void *, const void *);
__declspec(dllimport) bool __cdecl __ExceptionPtrToBool(const void *);
__declspec(dllimport) void __cdecl __ExceptionPtrSwap(void *, void *);
__declspec(dllimport) void __cdecl __ExceptionPtrCurrentException(void *);
__declspec(dllimport) void __cdecl __ExceptionPtrRethrow(const void *);
__declspec(dllimport) void __cdecl __ExceptionPtrCopyException(void *, const void *, const void *);
namespace std {
class exception { public: virtual ~exception() {} virtual const char *what() const { return text; } const char *text; bool owned; };
class bad_exception : public exception {};
}
static void show(const char *t) { unsigned n = 0, w; while (t[n]) n++; WriteFile(GetStdHandle(-11), t, n, &w, 0); }
struct C { static int live; int v; C(int x) : v(x) { live++; } C(const C &o) : v(o.v) { live++; } ~C() { live--; } };
int C::live;
extern const char throw_info __asm__("_TI1?AUC@@");
static eptr shared;
static unsigned __stdcall th(void *) { try { throw C(7); } catch (...) { __ExceptionPtrCurrentException(&shared); } return 0; }
static void ok(const char *n, bool b) { show(n); show(b ? " ok\n" : " WRONG\n"); }
extern "C" void mainCRTStartup() {
 eptr e; __ExceptionPtrCreate(&e); ok("empty", !__ExceptionPtrToBool(&e)); eptr n; __ExceptionPtrCreate(&n); __ExceptionPtrCurrentException(&n); ok("none", !__ExceptionPtrToBool(&n));
 try { throw C(3); } catch (C &c) { __ExceptionPtrCurrentException(&e); } ok("kept", C::live == 1 && __ExceptionPtrToBool(&e));
 eptr k; __ExceptionPtrCopy(&k, &e); ok("same", __ExceptionPtrCompare(&e, &k));
 for (int i = 0; i < 3; i++) try { __ExceptionPtrRethrow(&e); } catch (C &c) { ok("again", c.v == 3); }
 __ExceptionPtrDestroy(&e); try { __ExceptionPtrRethrow(&k); } catch (C &c) { ok("copy", c.v == 3); } __ExceptionPtrDestroy(&k); ok("gone", C::live == 0);
 __ExceptionPtrCreate(&shared); void *t = CreateThread(0, 0, th, 0, 0, 0); WaitForSingleObject(t, -1); ok("thread kept", C::live == 1); try { __ExceptionPtrRethrow(&shared); } catch (C c) { ok("thread", c.v == 7); }
 try { try { __ExceptionPtrRethrow(&shared); } catch (...) { throw; } } catch (C &c) { eptr a; __ExceptionPtrCreate(&a); __ExceptionPtrCurrentException(&a); ok("nested", __ExceptionPtrToBool(&a)); __ExceptionPtrDestroy(&a); }
 try { throw 1; } catch (int) { try { throw 2; } catch (int) { eptr a; __ExceptionPtrCreate(&a); __ExceptionPtrCurrentException(&a); __ExceptionPtrSwap(&a, &shared); __ExceptionPtrDestroy(&a); } } ok("swapped away", C::live == 0); try { __ExceptionPtrRethrow(&shared); } catch (int x) { ok("int", x == 2); }
 try { throw C(9); } catch (C &c) { c.v = 10; __ExceptionPtrCurrentException(&e); c.v = 11; } try { __ExceptionPtrRethrow(&e); } catch (C &c) { ok("as it was", c.v == 10); c.v = 0; } try { __ExceptionPtrRethrow(&e); } catch (C &c) { ok("own copy", c.v == 10); }
 eptr other; __ExceptionPtrCreate(&other); ok("different", !__ExceptionPtrCompare(&e, &other)); __ExceptionPtrAssign(&other, &e); __ExceptionPtrAssign(&e, &shared); ok("assigned", C::live == 1); __ExceptionPtrAssign(&other, &other); ok("to itself", C::live == 1); __ExceptionPtrDestroy(&other); ok("last", C::live == 0);
 __ExceptionPtrCreate(&other); try { __ExceptionPtrRethrow(&other); } catch (std::bad_exception &b) { ok("null", b.what() != 0); }
 { C c(21); __ExceptionPtrCopyException(&other, &c, &throw_info); } ok("made", C::live == 1); try { __ExceptionPtrRethrow(&other); } catch (C &c) { ok("made, thrown", c.v == 21); }
 const char *text = "text"; try { throw text; } catch (const char *) { __ExceptionPtrCurrentException(&other); } try { __ExceptionPtrRethrow(&other); } catch (const void *p) { ok("pointer", p == text); }
 ExitProcess(0); }
void out_of_line_terminate() __asm__("?terminate@@YAXXZ");
void out_of_line_terminate() { terminate(); }
void __cdecl operator delete(void *, SIZE) noexcept {}
