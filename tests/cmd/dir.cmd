@echo off
rem DIR.
md d\sub\deep
echo one>d\b.txt
echo two two>d\a.log
echo three>d\sub\c.txt
echo four>d\sub\deep\d.txt
dir /b d
dir /b /o-n d
dir /b /os d
dir /b /oe d
dir /b /ogn d
dir /b /ad d
dir /b /a-d d
dir /b d\*.txt
dir /b /s d | find /c "txt"
dir /s /b d\sub
dir d | find "File(s)"
dir d | find /c "<DIR>"
dir /s d | find "File(s)"
dir /s d | find "Total Files"
dir /a-d d\nothing 2>nul | find "Directory of"
dir /b nothing
echo %ERRORLEVEL%
dir /zzz
dir /b /l d\SUB
rd /s /q d
