"""Client texts that attack pages, spreadsheets and terminals."""

from __future__ import annotations

# scripts and markup for HTML pages
SCRIPTS = (
    "<script>document.title = 'owned'</script>",
    "</style></script><script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    '" onmouseover="document.title = \'owned\'" x="',
    "' autofocus onfocus='document.title = 1' '",
    "{{ 7 * 7 }} {% raw %} $subject",
    "]]><svg onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;script&gt;&#60;",
)

# formulas that a spreadsheet would run, also behind characters that it or sup-sync ignores
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\x00=1+1",
    "\u202e=1+1",
    "\u200b=1+1",
    "＝1+1",
    '=HYPERLINK("http://x.invalid","y")',
    "=cmd|'/c calc'!A0",
)

# control sequences for terminals, changes of text direction, and text that cannot be encoded
CONTROL_CHARACTERS = (
    "\x1b[31m",
    "\x9b2J",
    "\u202eabc",
    "\u2066",
    "\u200b",
    "\u2028",
    "a\r\nb,c\t\0",
    "\ud800",
    "\U000e0041",
    "\x7f",
)

TOO_LONG = "Ұзақ " * 2_000_000  # 10 million characters

HOSTILE = (*SCRIPTS, *FORMULAS, *CONTROL_CHARACTERS, TOO_LONG)
