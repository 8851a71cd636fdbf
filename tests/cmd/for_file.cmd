@echo off
rem FOR /F: files, strings, commands.
(
	echo first line, with commas
	echo ;a comment
	echo.
	echo   third line here
	echo fourth=value=more
)>data.txt
for /f %%i in (data.txt) do echo [%%i]
for /f "tokens=1,2" %%i in (data.txt) do echo [%%i][%%j]
for /f "tokens=*" %%i in (data.txt) do echo [%%i]
for /f "tokens=1*" %%i in (data.txt) do echo [%%i][%%j]
for /f "skip=3 tokens=2 delims==" %%i in (data.txt) do echo [%%i]
for /f "delims=" %%i in (data.txt) do echo [%%i]
for /f "eol=f delims=" %%i in (data.txt) do echo [%%i]
for /f "tokens=1-3,5 delims=, " %%a in ("a b,c d e f") do echo %%a %%b %%c %%d
for /f "tokens=2,4*" %%a in ("1 2 3 4 5 6 7") do echo %%a %%b %%c
for /f "tokens=1,2,3" %%a in ("x y") do echo [%%a][%%b][%%c]
for /f "usebackq" %%i in ("data.txt") do echo q[%%i]
for /f "usebackq delims=" %%i in ('a string') do echo [%%i]
for /f "usebackq delims=" %%i in (`echo from a command`) do echo [%%i]
for /f "delims=" %%i in ('echo one^&echo two') do echo [%%i]
for /f "tokens=1 delims= " %%i in ('type data.txt ^| find "third"') do echo found %%i
for /f "tokens=1,2 delims==" %%a in ('set FORF 2^>nul') do echo %%a is %%b
set FORF_X=1
set FORF_Y=2
for /f "tokens=1,2 delims==" %%a in ('set FORF') do echo %%a is %%b
for /f "delims=" %%i in ("%CD%") do if "%%i"=="%CD%" echo same
for /f %%i in (nowhere.txt) do echo never
echo %ERRORLEVEL%
for /f tokens^=2^ delims^=^" %%a in ('echo x "quoted" y') do echo [%%a]
for /f "tokens=1,* delims= " %%a in ("first second third") do echo [%%a][%%b]
for /f %%a in ('type nul') do echo never
del data.txt
