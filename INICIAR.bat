@echo off
rem Inicia o ETL Hub com um clique duplo e abre o navegador.
chcp 65001 >nul
setlocal
title ETL Hub
pushd "%~dp0"

set "PYTHON="
py -3 -c "import sys" >nul 2>nul
if not errorlevel 1 set "PYTHON=py -3"
if defined PYTHON goto iniciar
python -c "import sys" >nul 2>nul
if not errorlevel 1 set "PYTHON=python"
if defined PYTHON goto iniciar

echo.
echo Erro: não encontrei o Python. Instale o Python 3.11 ou mais novo de https://www.python.org/downloads/
echo (marque "Add python.exe to PATH") ou com: winget install Python.Python.3.12
echo.
pause
popd
exit /b 1

:iniciar
%PYTHON% start.py --open %*
set "CODIGO=%ERRORLEVEL%"
if "%CODIGO%"=="0" goto fim
echo.
pause

:fim
popd
exit /b %CODIGO%
