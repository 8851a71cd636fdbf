@echo off
rem CALL, GOTO, EXIT /B, SETLOCAL.
call :sub a b
echo back %ERRORLEVEL%
call :fails
echo back %ERRORLEVEL%
call :recurse 3
set V=outer
setlocal
set V=inner
call :shows
endlocal
call :shows
setlocal
set V=lost
call :locals
call :shows
endlocal
call :shows
(echo @echo other %%1 %%2
echo @exit /b 4)>other.bat
call other.bat x y
echo back %ERRORLEVEL%
call other z
cmd /c other.bat q
echo %ERRORLEVEL%
cmd /c "call other r & echo after"
set P=%%V%%
call echo %P% %%V%%
call set "Q=%%V:u=U%%"
echo %Q%
call :missing 2>nul
echo %ERRORLEVEL%
for %%i in (1 2) do call :loop %%i
call call echo twice
(call )
echo %ERRORLEVEL%
(call)
echo %ERRORLEVEL%
echo other.bat replaces this file>nul
call :transfer
echo after transfer %ERRORLEVEL%
(echo @echo off
echo setlocal
echo set V=in shim
echo endlocal ^& goto #none# 2^>nul ^|^| title x ^& echo shim: %%*
echo echo never)>shim.cmd
call shim "a b" c
cmd /c "shim d && echo and on"
(echo @^(goto^) 2^>nul ^& echo goes on
echo @echo never)>shim.cmd
call shim
del other.bat shim.cmd
md sub
echo @for %%%%i in ("%%~f0") do @echo %%0 is %%%%~nxi in %%~dp0>sub\here.cmd
setlocal
set PATH=%CD%\sub
call here
call HERE.CMD
endlocal
call sub\here
rd /s /q sub
for /l %%i in (1,1,3) do call :deep %%i 40
goto :end
:deep
if %2 gtr 0 (for %%j in (%2) do call :deeper %1 %%j) else (echo deep %1)
goto :eof
:deeper
set /a NEXT=%2-1
for %%k in (%NEXT%) do call :deep %1 %%k
goto :eof
:sub
echo sub %* from %0
exit /b 3
:fails
cmd /c exit 9
goto :eof
:recurse
echo depth %1
set /a D=%1-1
if %D% gtr 0 call :recurse %D%
echo leaving %1
goto :eof
:shows
echo V=%V%
goto :eof
:locals
setlocal
set V=deeper
exit /b
:loop
echo loop %1
:inner
if %1==1 exit /b 0
echo second
exit /b 0
:transfer
other.bat moved
echo never
:end
echo end
exit /b 12
echo never
