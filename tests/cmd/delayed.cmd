@echo off
rem Delayed expansion.
set X=before
echo !X!
setlocal EnableDelayedExpansion
echo !X! %X% [!UNDEFINED!] a^^b
if 1==1 (
	set X=after
	echo %X% !X!
)
set LIST=
for %%i in (1 2 3) do set LIST=!LIST! %%i
echo!LIST!
set X=a;b;c
echo !X:;=,! !X:~2! !X:~-1!
set N=0
for /l %%i in (1,1,10) do set /a N+=%%i
echo !N!
set "BANG=hello^!"
echo !BANG!
for %%i in ("!X!") do echo %%i
for %%i in (!X!) do echo %%i
set I=2
set A2=second
echo !A%I%! %A!I!%
if !X!==a;b;c echo equal
set SPACED=foo bar
if "!SPACED!"=="foo bar" echo quoted
set AMP=one ^& two
echo !AMP!
call echo !X!
setlocal DisableDelayedExpansion
echo !X!
endlocal
echo !X!
endlocal
echo !X! %X%
