@echo off
set K=HKCU\Software\Cmd registry
reg query "%K%"
echo %errorlevel%
reg add "%K%" /v Text /d "Hello, World" /f
reg add "%K%" /v Number /t REG_DWORD /d 0x123 /f
reg add "%K%" /v Big /t REG_QWORD /d 1311768467463790320 /f
reg add "%K%" /v Bytes /t REG_BINARY /d DeAdBeEf0DD /f
reg add "%K%" /v Strings /t REG_MULTI_SZ /d one\0two\0three /f
reg add "%K%" /v Expand /t REG_EXPAND_SZ /d %%PATH%%;x /f
reg add "%K%\sub\deeper" /ve /d "the default" /f
reg query "%K%"
reg query "%K%" /v Number
reg query "%K%" /ve
reg query "%K%" /v Missing
echo %errorlevel%
reg query "%K%" /s
reg query "%K%" /f world /s
reg add "%K%" /v Bad /t REG_DWORD /d zzz /f
echo %errorlevel%
reg add "%K%" /v Quoted /d "C:\dir\\ \"said\"" /f
reg export "%K%" out.reg /y
type out.reg
reg delete "%K%" /v Text /f
reg delete "%K%\sub" /f
reg query "%K%\sub"
reg import out.reg
reg query "%K%\sub\deeper" /ve
reg copy "%K%" "%K% 2" /s /f
reg compare "%K%" "%K% 2" /s
echo %errorlevel%
reg add "%K% 2" /v Number /t REG_DWORD /d 5 /f >nul
reg compare "%K%" "%K% 2"
echo %errorlevel%
echo no| reg delete "%K% 2"
echo yes| reg delete "%K% 2"
echo REGEDIT4> in.reg
echo.>> in.reg
echo [HKEY_CURRENT_USER\Software\Cmd registry\old]>> in.reg
echo @="default";comment>> in.reg
echo "dword"=dword:12 ;comment>> in.reg
echo "not"=dword:12 #comment>> in.reg
echo "multi"=hex(7):4c,69,\>> in.reg
echo   6e,65,00,00>> in.reg
echo "escaped\\\"name\""="a\\b">> in.reg
echo [-HKEY_CURRENT_USER\Software\Cmd registry\sub]>> in.reg
regedit /s in.reg
reg query "%K%\old"
reg query "%K%\sub"
reg delete "%K%" /va /f
reg query "%K%"
reg save "%K%" hive.dat /y
reg load "HKLM\Cmd registry" hive.dat
reg query "HKLM\Cmd registry"
reg unload "HKLM\Cmd registry"
reg query "HKLM\Cmd registry"
reg restore "%K%\old" hive.dat
reg query "%K%\old"
reg nothing
reg query HKXX\a
reg query "%K%" /reg:32 /reg:64
reg delete "%K%" /f
