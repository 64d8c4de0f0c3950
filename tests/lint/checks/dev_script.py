"""./dev explains every verb it has, and knows what it does not have."""

import re
import subprocess

from tree import Finding

NAME = 'dev_script'
VERB = re.compile(r'^cmd_(\w+)\(\)', re.MULTILINE)


def _bash(tree, *arguments):
    return subprocess.run(['bash', *arguments], cwd=tree.root, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30, check=False)


def check(tree):
    if not tree.has('dev'):
        return [Finding('dev', 1, 'there is no dev script')]
    findings = []
    for script in ('dev', '.ci/run'):
        parsed = _bash(tree, '-n', script)
        if parsed.returncode != 0:
            findings.append(Finding(script, 1, f'does not parse: {parsed.stderr.strip()}'))
    explained = _bash(tree, 'dev', 'help').stdout
    for verb in VERB.findall(tree.text('dev')):
        if not re.search(rf'^  {verb} ', explained, re.MULTILINE):
            findings.append(Finding('dev', 1, f'help does not explain {verb}'))
    if _bash(tree, 'dev', 'no-such-verb').returncode != 2:
        findings.append(Finding('dev', 1, 'an unknown verb does not exit with 2'))
    return findings
