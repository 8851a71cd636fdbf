@echo off
rem COPY, MOVE, REN, DEL, MD, RD, TYPE.
echo AAA>file1
echo BBBBBB>file2
echo CCCCCCCCC>file3
md dir1
copy file1 copy1
copy file? dir1
dir /b dir1
copy file1+file2 joined >nul
call :size joined
copy /b file1+file2 joined >nul
call :size joined
copy /a file1 joined >nul
call :size joined
copy joined /b joined2 /b >nul
call :size joined2
copy joined /a joined2 /b >nul
call :size joined2
copy /b file1+file2+file3 file1 >nul
call :size file1
copy file1 file1
copy nowhere there
copy nul empty >nul
call :size empty
copy file2 nodir\
ren file2 renamed
if exist renamed if not exist file2 echo renamed
ren dir1\*.* *.bak
dir /b dir1
move renamed dir1
if exist dir1\renamed echo moved
move dir1 dir2
dir /b dir2
type file3 dir2\renamed 2>nul
type nowhere
del file1 nowhere
del dir2\*.bak
dir /b dir2
md a\b\c
echo x>a\b\c\x
rd a
rd /s /q a
if not exist a echo removed
del /q dir2
rd dir2
del file3 copy1 joined joined2 empty
dir /b
md "with blank" two
cd with blank
cd ..
pushd two
popd
rd "with blank" two
cd nowhere
goto :eof
:size
echo %1 %~z1
