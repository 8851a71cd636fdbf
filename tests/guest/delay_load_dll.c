/* tests/guest/delay_load_dll.c - the DLL that delay_load.c does not load until it calls it.  It exports no Missing. */
__declspec(dllexport) int Twice(int x)
{
	return 2 * x;
}

__declspec(dllexport) int Thrice(int x)
{
	return 3 * x;
}
