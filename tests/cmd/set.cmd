@echo off
rem SET and its arithmetic.
set ZQ_A=1
set "ZQ_B=with blank "
set ZQ_C="quoted"
set ZQ_D = spaces
set ZQ_
set "ZQ_E=x" ignored
echo [%ZQ_E%] [%ZQ_B%] [%ZQ_C%] [%ZQ_D %]
set ZQ_A=
set ZQ_A
echo %ERRORLEVEL%
set ZQ_F=a=b
echo %ZQ_F%
set /a X=1+2*3, Y=(1+2)*3
echo %X% %Y%
set /a X+=10
set /a Y=X%%4
set /a Z=X"<<"2
echo %X% %Y% %Z%
set /a X=0x1F, Y=017, Z=~5
echo %X% %Y% %Z%
set /a X=-7/2, Y=-7%%3, Z=!0
echo %X% %Y% %Z%
set /a "X=6&3, Y=6|3, Z=6^3"
echo %X% %Y% %Z%
set /a "X=1<<10, Y=-1>>1, Z=10-3-2"
echo %X% %Y% %Z%
set /a X=undefined+1
echo %X%
set N=5
set /a M=N*N, N-=1
echo %M% %N%
set /a A=B=7
echo %A% %B%
set /a X=2147483647+1
echo %X%
set /a X=1/0
echo %ERRORLEVEL%
set /a X=1+
echo %ERRORLEVEL%
set /a X=(1
echo %ERRORLEVEL%
set /a X=08
echo %ERRORLEVEL%
set /a X=99999999999
echo %ERRORLEVEL%
set /a X=1 2
echo %ERRORLEVEL%
set /a X*=0
echo %X% %ERRORLEVEL%
echo input line|(set /p ZQ_L=prompt:&set ZQ_L)
(echo one&echo two)>in.txt
(set /p A=&set /p B=)<in.txt
echo %A% %B%
del in.txt
for %%i in (1 2 3) do <nul set /p =%%i
echo.
<nul set /p "=no end of line"
echo.
