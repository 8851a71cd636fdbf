@echo off
rem The conditions of IF.
if a==a echo 1
if a==A echo no
if /i a==A echo 2
if not a==b echo 3
if "a b"=="a b" echo 4
if a equ a echo 5
if 10 gtr 9 echo 6
if "10" gtr "9" echo no
if 0x10 equ 16 echo 7
if 010 equ 8 echo 8
if -1 lss 1 echo 9
if abc lss abd echo 10
if a lss B echo 11
if 1.5 neq 1.50 echo 12
if defined PATH echo 13
if not defined NOT_THERE echo 14
if exist %0 echo 15
if exist %~f0 echo 16
if exist *.nothing echo no
if exist *.cmd echo 17
if exist . echo 18
if exist "%CD%\" echo 19
if not exist nowhere\x echo 20
cmd /c exit 3
if errorlevel 3 if not errorlevel 4 echo 21
if %errorlevel%==3 (echo 22) else (echo no)
if cmdextversion 2 echo 23
if ()==() (echo 24)
if )==) (echo 25)
if "%NOT_THERE%"=="" echo 26
if a==b (echo no) else if a==a (echo 27) else (echo no)
if a==b (
	echo no
) else if a==c (
	echo no
) else (
	echo 28
)
if 1==1 (if 2==3 (echo no) else (echo 29))
if 2147483647 geq 2147483646 echo 30
IF NOT 1 EQU 2 ECHO 31
if /I NOT x==Y echo 32
if 1 leq 1 echo 33
if not 1 == 2 echo 34
md folder
if exist folder\nul echo 35
if not exist nowhere\nul echo 36
rd folder
