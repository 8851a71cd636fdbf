@echo off
rem Variables between percent signs, arguments, and their modifiers.
set VAR=qwertyQWERTY
echo [%VAR%] [%UNDEFINED%] [%%VAR%%] 100%% 50% done
echo %VAR:~0,1% %VAR:~2,2% %VAR:~-2% %VAR:~-3,-2% %VAR:~3,-4% [%VAR:~20%] [%VAR:~0,-20%]
echo [%VAR:~,%] [%VAR:~2,%] [%VAR:~,3%] [%VAR:~0x2,010%]
echo %VAR:qw=az% %VAR:qw=% %VAR:*TY==_% %VAR:*TY=% %VAR:zz=y%
echo %UNDEFINED:a=b% %UNDEFINED:~1,2%
set b=a
echo %a %b% c%
set a=b
echo %a %b% c%
set a=
set b=
call :arguments one "two words" three=3,4;5 "a;b" x
call :arguments
call :shifting 1 2 3 4 5
call :modifiers "some file.tar.gz"
call :modifiers dir\sub\..\name
goto next
:arguments
echo 0=%0 1=%1 2=%2 3=%3 4=%4 5=%5 6=%6
echo all=[%*] [%~1] [%~2]
goto :eof
:shifting
shift
echo %0 %1 %2 %*
shift /2
echo %0 %1 %2 %3
goto :eof
:modifiers
echo n=%~n1 x=%~x1 nx=%~nx1
goto :eof
:next
echo [%~nx0] [%~x0]
for %%i in ("a b.txt" c) do echo %%i %%~i %%~ni %%~xi %%~nxi
if "%~dp0"=="%CD%\" echo the folder of the batch file
if "%~f0"=="%CD%\%~nx0" echo its full name
echo %VAR:~0,3%%VAR:~0,3%
set "spaced=a  b"
echo [%spaced%] [%spaced: =_%]
echo %CMDEXTVERSION% %ERRORLEVEL%
set ERRORLEVEL=own
echo %ERRORLEVEL%
set ERRORLEVEL=
if %RANDOM% geq 0 echo random
echo 12>size
call :size size
del size
goto :eof
:size
echo %~z1 [%~a1]
