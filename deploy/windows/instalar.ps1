#Requires -RunAsAdministrator
<#
.SYNOPSIS
  Instala o ETL Hub como serviço do Windows.
.EXAMPLE
  .\instalar.ps1 -WinSW C:\Downloads\WinSW-x64.exe -Dados D:\ETLHub -Conta EMPRESA\svc_etlhub
.NOTES
  A conta precisa de leitura na pasta do hub, de escrita na de dados e nos compartilhamentos usados. Unidades mapeadas (Z:)
  não existem para um serviço: nos Caminhos, use o endereço \\servidor\pasta.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)][string]$WinSW,
    [string]$Dados = (Join-Path $env:ProgramData 'ETLHub'),
    [string]$Conta,
    [string]$Python
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$pasta = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
if (-not $Python) { $Python = (& py -3 -c 'import sys; print(sys.executable)').Trim() }
if (-not (Test-Path -LiteralPath $Python)) { throw "Não encontrei o Python em '$Python'. Instale o 3.11 ou mais novo para todos os usuários." }
if (-not (Test-Path -LiteralPath $WinSW)) { throw "Não encontrei o WinSW em '$WinSW'." }

New-Item -ItemType Directory -Force -Path $Dados | Out-Null
# Só administradores, o sistema e a conta do serviço: a pasta guarda as chaves do cofre.
$dono = if ($Conta) { $Conta } else { '*S-1-5-20' }
& icacls.exe $Dados /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' "${dono}:(OI)(CI)M" | Out-Null
if ($LASTEXITCODE -ne 0) { throw "Não consegui mudar as permissões de '$Dados'." }

function Protect-Xml([string]$texto) { [System.Security.SecurityElement]::Escape($texto) }
$xml = Get-Content -Raw -Encoding UTF8 -LiteralPath (Join-Path $PSScriptRoot 'etlhub.xml')
$xml = $xml.Replace('{{PYTHON}}', (Protect-Xml $Python)).Replace('{{PASTA}}', (Protect-Xml $pasta)).Replace('{{DADOS}}', (Protect-Xml $Dados))
$servico = Join-Path $Dados 'servico'
New-Item -ItemType Directory -Force -Path $servico | Out-Null
Copy-Item -Force -LiteralPath $WinSW -Destination (Join-Path $servico 'etlhub.exe')
[System.IO.File]::WriteAllText((Join-Path $servico 'etlhub.xml'), $xml, (New-Object System.Text.UTF8Encoding $false))

$programa = Join-Path $servico 'etlhub.exe'
& $programa install
if ($LASTEXITCODE -ne 0) { throw 'O WinSW não instalou o serviço.' }
if ($Conta) {
    $segredo = Get-Credential -UserName $Conta -Message 'Senha da conta do serviço'
    $mudanca = Get-CimInstance Win32_Service -Filter "Name='etlhub'" |
        Invoke-CimMethod -MethodName Change -Arguments @{ StartName = $Conta; StartPassword = $segredo.GetNetworkCredential().Password }
    if ($mudanca.ReturnValue -ne 0) { throw "O Windows não aceitou a conta (código $($mudanca.ReturnValue))." }
}
else {
    & sc.exe config etlhub obj= 'NT AUTHORITY\NetworkService' | Out-Null
    if ($LASTEXITCODE -ne 0) { throw 'Não consegui definir a conta do serviço.' }
}
# O primeiro início prepara o ambiente na pasta do hub: a conta precisa gravar nela até lá.
& icacls.exe $pasta /grant "${dono}:(OI)(CI)M" | Out-Null
& $programa start
Write-Host "Serviço etlhub instalado. Registros em $Dados\logs; a senha do admin aparece uma vez em $Dados\logs\etlhub.out.log."
