"""Makes jinja-cases.jsonl: small random templates and what jinja2 does with each of them in the
environment that transformers gives chat templates (the text, or the kind and message of the error).

    python3 jinja-cases.py 800 5 jinja-cases.jsonl

Arguments: how many, the seed, the file. The versions are written into the file. For a longer search
for differences ask for tens of thousands with other seeds.

Left out, because the interpreter differs knowingly (see the package page): what prints addresses,
complex numbers, and what only newer or older Pythons accept.
"""
import random, json, sys, signal, datetime
import jinja2
import markupsafe
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2 import nodes

class Generation(Extension):
    tags = {"generation"}
    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)
    @jinja2.pass_eval_context
    def _body(self, context, caller):
        return caller()

def environment():
    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)
    def strftime_now(format):
        return datetime.datetime(2025, 7, 10, 12, 0, 0).strftime(format)
    e = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    e.filters["tojson"] = tojson
    e.globals["raise_exception"] = raise_exception
    e.globals["strftime_now"] = strftime_now
    return e
ENV = environment()

DATA = {
 "messages": [
  {"role": "system", "content": "Be brief."},
  {"role": "user", "content": "  Hello <b>World</b> & 'you'\n\tline two\n"},
  {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "id": "c1", "function": {"name": "get_weather", "arguments": {"city": "Zürich", "days": 3, "x": [1.5, None, True]}}}]},
  {"role": "tool", "content": "{\"t\": 21}", "name": "get_weather"},
  {"role": "assistant", "content": "It is 21° — nice 😀.", "thinking": "hm"}],
 "tools": [{"type": "function", "function": {"name": "f", "description": "d\"q\"", "parameters": {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "integer"}}, "required": ["a"]}}}],
 "s": "The quick brown fox", "u": "Füße 𝔘nicode 😀 ß ǆ İi", "e": "", "w": "  \t pad\u00a0\n", "num": "42", "ml": "a\n\nb\r\nc",
 "n": 7, "z": 0, "neg": -3, "big": 123456789012345678901234567890, "f": 2.5, "g": -0.1, "h": 1e22, "t": True, "nn": None,
 "xs": [3, 1, 2], "ys": ["b", "A", "c", "a", "B"], "mx": [1, "a", None, 2.0, True, [1, 2], {"k": "v"}], "em": [], "dd": {"b": 1, "a": 2, "C": "x", "items": "shadow"}, "de": {},
 "rows": [{"n": 2, "k": "x", "p": {"q": 1}}, {"n": 1, "k": "Y", "p": {"q": 3}}, {"n": 3, "k": "x", "p": {"q": 2}}], "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]}],
 "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>",
}
NAMES = {"str": ["s","u","e","w","num","ml","bos_token"], "int": ["n","z","neg","big"], "float": ["f","g","h"], "bool": ["t","add_generation_prompt"],
 "list": ["xs","ys","mx","em","messages","rows","tools"], "dict": ["dd","de","messages[0]","messages[2]","rows[1]","tools[0].function"], "none": ["nn"], "undef": ["nope","dd.nope","messages[9]"]}
TYPES = ["str","int","float","bool","list","dict","none","undef"]
R = random.Random()
def P(p): return R.random() < p
C = R.choice

def strlit():
    return C(["'a'","'b'","\"x'y\"","'a\\nb'","'%s'","'{}'","','","' '","'\\u00e9'","'\\x41\\t'","'é😀'","''","'<>&'","'abcabc'","'Hello World'","'1.5'","'-12'","'0x1f'","'A-b c'","'\\\\'","'q\"'","'\\101'","'a' 'b'", "'role'", "'_x'", "'ﬁ'", "'1_000'", "'١٢'", "'²'", "'a,b,,c'", "'  x '", "'\\r\\n'"])

def call(m, *args): return m + "(" + ", ".join(args) + ")"

def S(d):
    if d <= 0: return C([strlit, lambda: C(NAMES["str"])])()
    k = R.randrange(30)
    if k < 3: return strlit()
    if k < 6: return C(NAMES["str"])
    if k < 14: return f"{X('str', d-1)}.{smethod(d)}"
    if k < 19: return f"({X('str', d-1)})|{sfilter(d)}" if P(.5) else f"{C(NAMES['str'])}|{sfilter(d)}"
    if k == 19: return f"({X('str', d-1)} + {X('str', d-1)})"
    if k == 20: return f"({any_(d-1)} ~ {any_(d-1)})"
    if k == 21: return f"{X('str', d-1)}[{slice_(d)}]"
    if k == 22: return f"{X('str', d-1)}[{I(d-1)}]"
    if k == 23: return f"({X('str', d-1)} * {C(['0','2','3','-1','true'])})"
    if k == 24: return percent(d)
    if k == 25: return braces(d)
    if k == 26: return f"({any_(d-1)})|string"
    if k == 27: return f"({any_(d-1)})|tojson" + C(["","","(indent=2)","(indent=none)","(ensure_ascii=true)","(sort_keys=true)","(separators=(',', ':'))","(indent=1, sort_keys=true)","('',)","(indent='--')","(indent=0)","(true)"])
    if k == 28: return f"({any_(d-1)})|join" if P(.1) else f"{X('list',d-1)}|join({C([strlit(), any_(0)])})"
    if k == 29: return f"({S(d-1)} if {B(d-1)} else {S(d-1)})"

def slice_(d):
    b = lambda: C(["","","","0","1","2","-1","-2","5","-5","100","-100","none","n"])
    r = f"{b()}:{b()}"
    if P(.45): r += ":" + C(["","1","2","-1","-2","3","-3","none","7"] + (["0"] if P(.1) else []))
    return r

def smethod(d):
    a = lambda: X("str", d-2) if P(.5) else strlit()
    i = lambda: C(["0","1","2","-1","3","10","-20","none" if P(.3) else "4"])
    m = R.randrange(44)
    L = ["strip","lstrip","rstrip"]
    if m < 4: return call(C(L), *([] if P(.5) else [C([a(), "none", "'Ta x'"])]))
    if m < 7: return call(C(["upper","lower","title","capitalize","swapcase","casefold"]))
    if m < 10: return call(C(["startswith","endswith"]), C([a(), "('T','F')", "('a',)", "()" , "['a']" if P(.2) else "'x'"]), *([] if P(.6) else [i()] if P(.5) else [i(), i()])) 
    if m < 13: return call("replace", a(), a(), *([] if P(.6) else [C(["0","1","2","-1"])]))
    if m < 15: return call(C(["find","rfind","index","rindex","count"]), a(), *([] if P(.5) else [i()] if P(.5) else [i(), i()]))
    if m < 17: return call(C(["center","ljust","rjust"]), C(["0","5","12","25","30"]), *([] if P(.5) else [C(["'*'","'é'","'😀'", "'ab'" if P(.2) else "'-'"])]))
    if m < 18: return call("zfill", C(["0","3","8","30"]))
    if m < 19: return call(C(["removeprefix","removesuffix"]), a())
    if m < 20: return call("expandtabs", *([] if P(.4) else [C(["4","0","1","-2","tabsize=2"])]))
    if m < 22: return call("join", X("list", d-2))
    if m < 24: return call("split", *([] if P(.4) else [C([a(),"none","' '","','"])] if P(.5) else [C([a(),"none","' '"]), C(["0","1","2","-1","maxsplit=1"])])) + C(["","[0]","[-1]","|join('|')","|length","[1:]"])
    if m < 26: return call("rsplit", *([] if P(.4) else [C([a(),"none","' '"]), C(["0","1","2","-1"])])) + C(["","[-1]","|list"])
    if m < 28: return call("splitlines", *([] if P(.5) else [C(["true","keepends=true","false"])]))
    if m < 30: return call(C(["partition","rpartition"]), a()) + C(["","[0]","[2]","|join('|')"])
    if m < 40: return call(C(["isalnum","isalpha","isascii","isdecimal","isdigit","islower","isnumeric","isspace","istitle","isupper","isidentifier","isprintable"]))
    if m < 41: return call("translate", "{97: 'X', 98: none, 99: 100}")
    if m < 42: return C(["strip","format","__class__","nope","nope()"])
    return f"format({any_(d-2)}, {any_(d-2)})"

def sfilter(d):
    a = lambda: X("str", d-2) if P(.5) else strlit()
    return C([
     lambda: C(["trim","lower","upper","capitalize","title","e","escape","forceescape","safe","striptags","urlencode","wordcount","string","length","count","list","first","last","reverse","int","float","default('x')","d","safe|string"]),
     lambda: f"trim({a()})",
     lambda: f"replace({any_(0)}, {a()}" + C(["","",", 1",", count=2",", none"]) + ")",
     lambda: "indent" + C(["","(2)","(width=3)","(2, true)","(2, first=true, blank=true)","(blank=true)","('> ')","(0)","('> ', true)"]),
     lambda: f"center({C(['0','9','30'])})" if P(.8) else "center",
     lambda: "truncate(" + C(["5","10","9, true","8, false, '…'","7, leeway=0","12, true, '', 0","255","length=6, killwords=true", "1", "3"]) + ")",
     lambda: "int" + C(["","(5)","(default=-1)","(0, 16)","(0, 0)","(base=2)","(0, 8)"]),
     lambda: "float" + C(["","(1.5)","(default='x')"]),
     lambda: f"format({any_(0)})", 
     lambda: f"attr({C(['upper','nope','__class__','format'])!r})",
     lambda: f"default({a()}, true)",
     lambda: C(["batch(3)|list","slice(3)|list","sort|join","unique|join","map('upper')|join","select|list","min","max","wordcount","nosuch" if P(.2) else "lower"]),
    ])()

def percent(d):
    f = C(["%s","%r","%5s|","%-5s|","%.2s","%d","%5d","%05d","%+d","% d","%x","%X","%o","%#x","%#o","%f","%.2f","%8.3f","%-8.2f|","%e","%.3e","%g","%.3g","%G","%E","%c","%i","%u","%a","%%","%5%","%(a)s","%(b)5d|","%*d","%.*f","%s %s","%s-%d","%z" if P(.2) else "%s","% 5d","%#.3g","%ld","%.0f","%5.1s|","%+.1e","%05s","%-05d|","%#X", "%.3d", "%08.2f", "%.0e", "%+5d"])
    if "(" in f: v = C(["{'a': 1, 'b': 2}", "{'a': 'x'}", "dd"])
    elif "*" in f: v = C(["(5, 3)", "(7, 2.5)", "(-6, 4)"])
    elif f.count("%") == 2 and "%%" not in f and f != "%5%": v = f"({any_(0)}, {any_(0)})"
    elif f[-1] in "dioxXueEfgGc" or f[-1] == "|": v = C([I(0), F(0), "true", any_(0), "65", "-0.0", "1e300", "123456.789", "0.00001234", "(1,)", "255", "-255"])
    else: v = C([any_(0), any_(1), "(1,)", "('é😀\\n',)"])
    return f"({f!r} % {v})" if P(.7) else f"{f!r}|format({v})"

def braces(d):
    f = C(["{}","{0}","{0} {1}","{1}{0}","{!r}","{!s}","{0!r:>8}|","{:5}|","{:<6}|","{:>6}|","{:^7}|","{:*^9}","{:05d}","{:+}","{:,}","{:_}","{:.2f}","{:8.3f}","{:e}","{:g}","{:%}","{:.1%}","{:x}","{:#x}","{:#b}","{:o}","{:c}","{:d}","{:s}","{:n}","{a}","{a} {b:>4}|","{{}}","{{{}}}","{0[0]}","{0.x}" if P(.3) else "{}","{a[k]}","{:{}}","{:>{w}}|","{","}","{0","{} {0}" ,"{:.3}","{:=+6}","{:010.2f}","{:,.2f}","{:z}","{!a}","{!x}","{: d}","{:-}","{:6.2}|","{:é<5}", "{:.0f}", "{:X}", "{:E}", "{:#o}", "{:,d}", "{:08,d}", "{:_x}", "{:.10}", "{:<05}|", "{5}"])
    if "{a" in f: args = f"a={any_(0)}, b={C([any_(0),'3'])}" if "k" not in f else "a={'k': 5}"
    elif "{w}" in f: args = f"{any_(0)}, w=6"
    elif "{}}" in f and ":" in f: args = f"{any_(0)}, {C(['5','12'])}"
    elif f[-2:-1] in "dfegxcbon%EX" or "," in f: args = C([I(0), F(0), "255", "-7", "1234567", "1234567.891", "0.000012", any_(0)]) 
    else: args = C([f"{any_(0)}, {any_(0)}", "'ab', 'cd'", "xs, 1", "3.14159, 2", any_(0)])
    return f"{f!r}.format({args})"

def I(d):
    if d <= 0: return C(["0","1","2","3","-1","10","255","0x1F","0b11","0o17","1_000"] + NAMES["int"])
    k = R.randrange(14)
    if k < 3: return C(NAMES["int"])
    if k < 5: return str(R.randrange(-5, 40))
    if k < 8: return f"({I(d-1)} {C(['+','-','*','//','%'])} {I(d-1)})"
    if k == 8: return f"({I(d-1)} ** {C(['0','1','2','3'])})"
    if k == 9: return f"{X(C(['str','list','dict']), d-1)}|{C(['length','count'])}"
    if k == 10: return f"{C(['-','+','--','-+'])}{I(d-1)}"
    if k == 11: return f"({any_(d-1)})|int"
    if k == 12: return f"{X('list', d-1)}|sum" if P(.3) else f"xs|{C(['sum','min','max','first','last','sum(start=5)'])}"
    return f"({X('int', d-1)})|abs"
def F(d):
    if d <= 0: return C(["1.5","0.1","2.0","1e3","1.5e-7","3e10","-2.5","1_0.5"] + NAMES["float"])
    k = R.randrange(7)
    if k < 3: return f"({C([I,F])(d-1)} {C(['+','-','*','/','//','%','**' if P(.3) else '/'])} {C([I,F])(d-1)})"
    if k == 3: return f"({any_(d-1)})|float"
    if k == 4: return f"({C([I,F])(d-1)})|round" + C(["","(1)","(2)","(0, 'floor')","(1, 'ceil')","(method='ceil')","(-1)","(precision=1, method='floor')","(2, 'common')"])
    return F(0)
def B(d):
    if d <= 0: return C(["true","false","True","t","not t","(n > 3)","(nope is defined)"])
    k = R.randrange(12)
    if k < 3: return f"({any_(d-1)} {C(['==','!='])} {any_(d-1)})"
    if k < 5:
        t = C(["str","int","float","list"]); 
        return f"({X(t, d-1)} {C(['<','<=','>','>='])} {X(t, d-1)})" + (C([""," == true"]) if P(.1) else "")
    if k == 5: return f"({I(d-1)} < {I(d-1)} {C(['<','<=','==','!='])} {I(d-1)})"
    if k == 6: return f"({any_(d-1)} {C(['in','not in'])} {X(C(['list','dict','str']), d-1)})"
    if k == 7: return f"({any_(d-1)} {C(['and','or'])} {any_(d-1)})"
    if k == 8: return f"(not {any_(d-1)})"
    return f"({any_(d-1)} is {C(['','not '])}{test(d)})"
def test(d):
    return C([lambda: C(["defined","undefined","none","boolean","true","false","integer","float","number","string","mapping","sequence","iterable","callable","escaped","lower","upper","even","odd","filter","test"]),
      lambda: C(["divisibleby 3","divisibleby(2)","eq 1","ne 2","lt 3","gt('a')","le(2)","ge 0","equalto 'a'","sameas none","sameas(true)","in [1, 2, 'a']","in xs","in 'abc'","lessthan 4","greaterthan 1", "sameas n", "nosuch" if P(.2) else "defined"])])()
def L(d):
    if d <= 0: return C(NAMES["list"] + ["[]","[1, 2, 3]","['a', 'b']","(1, 'x')","()","range(3)","(1,)", "[none, 1.0, true]"])
    k = R.randrange(22)
    if k < 4: return C(NAMES["list"])
    if k < 6: return "[" + ", ".join(any_(d-1) for _ in range(R.randrange(4))) + "]"
    if k == 6: return "(" + "".join(any_(d-1) + ", " for _ in range(1, 1 + R.randrange(3))) + ")" if P(.8) else "()"
    if k == 7: return "range(" + C(["5","1, 4","5, 0, -2","0","2, 10, 3","-3"]) + ")" + C(["","|list","[1:]","[::-1]|list","[-1]"])
    if k == 8: return f"{X('list', d-1)}[{slice_(d)}]"
    if k == 9: return f"({X('list', d-1)} + {X('list', d-1)})"
    if k == 10: return f"({X('list', d-1)} * {C(['0','2','-1'])})"
    if k == 11: return f"{X('dict', d-1)}.{C(['keys()','values()','items()'])}" + C(["","|list","|sort","|first"])
    if k == 12: return f"{X('str', d-1)}.split({C(['',strlit()])})"
    if k < 20: return f"{X('list', d-1)}|{lfilter(d)}"
    return f"({X('dict', d-1)})|{C(['list','items|list','dictsort','dictsort(true)',chr(100)+'ictsort(by=%s)' % repr('value'),'dictsort(reverse=true)','length','first','join','sort'])}"
def lfilter(d):
    return C([
      lambda: C(["list","first","last","reverse|list","sort","sort(true)","sort(reverse=true)","sort(case_sensitive=true)","unique|list","unique(true)|list","min","max","max(case_sensitive=true)","sum","length","join","join(', ')","string","random" if 0 else "list","reverse","map('string')|list","tojson"]),
      lambda: f"map({C(['upper','lower','string','length','int','tojson','trim','list','first','title','nosuch' if P(.1) else 'abs'])!r})|list",
      lambda: C(["map(attribute='role')|list","map(attribute='n')|sum","map(attribute='p.q')|list","map(attribute='nope', default='-')|list","map(attribute='nope')|list","map(attribute=0)|list","map('replace', 'a', 'b')|list","map('default', 'x')|list","map('join', '-')|list", "map('attr', 'x')|list", "map(attribute='k', default=1)|join"]),
      lambda: C(["select","reject"]) + C(["","('defined')","('string')","('equalto', 1)","('odd')","('none')","('in', [1, 'a'])","('gt', 1)","('divisibleby', 2)"]) + "|list",
      lambda: C(["selectattr","rejectattr"]) + C(["('role')","('role', 'equalto', 'user')","('content', 'none')","('p.q', 'gt', 1)","('n', 'in', [1, 2])","('nope', 'defined')","('k', 'eq', 'x')"]) + "|list",
      lambda: C(["sort(attribute='n')","sort(attribute='k')","sort(attribute='k,n')","sort(attribute='p.q', reverse=true)","groupby('k')","groupby('k', case_sensitive=true)","groupby('p.q')","groupby('nope', default=3)","sum(attribute='n')","sum('p.q', 10)","max(attribute='n')","min(attribute='k')","unique(attribute='k')|list","join('/', attribute='k')","join(attribute='n')","first|attr('n')" if P(.2) else "first", "groupby('k')|map('first')|list", "groupby('k')|map(attribute='grouper')|list", "groupby('k')|map(attribute='list')|list"]),
      lambda: C(["batch(2)|list","batch(2, 'x')|list","slice(2)|list","slice(3, none)|list","slice(2, fill_with=0)|list","batch(4)|map('list')|list"]),
    ])()
def D(d):
    if d <= 0: return C(NAMES["dict"] + ["{}","{'a': 1}","{'k': 'v', 1: 2}"])
    k = R.randrange(6)
    if k < 2: return C(NAMES["dict"])
    if k == 2: return "{" + ", ".join(f"{C([strlit(), I(0), 'true', 'none', '1.0', '(1, 2)', F(0), any_(0)])}: {any_(d-1)}" for _ in range(R.randrange(4))) + "}"
    if k == 3: return f"dict({C(['a=1, b=' + any_(d-1), '[(1, 2)]', 'dd, z=3', '', 'dd.items()', '[(%s, 2)]' % repr('k')])})"
    return D(0)
def X(t, d):
    if P(.025): t = C(TYPES)
    if d < 0: d = 0
    return {"str": S, "int": I, "float": F, "bool": B, "list": L, "dict": D, "none": lambda d: C(["none","None","nn"]), "undef": lambda d: C(NAMES["undef"])}[t](d)
def any_(d):
    if P(.12) and d > 0: return C([
      lambda: f"{C(NAMES['dict'])}.{C(['role','content','a','items','b','nope','name','keys','get','update','n','k'])}",
      lambda: f"{C(NAMES['dict'])}[{C([strlit(), chr(39)+'a'+chr(39), '1', 'none', 'xs', 'n'])}]",
      lambda: f"{X('dict', d-1)}.get({C([strlit(), repr('a'), repr('content'), '1', 'nn', 'xs' if P(.1) else '1.0'])}{C(['', ', 5', ', none'])})",
      lambda: f"{X('list', d-1)}[{C([I(0), '0', '-1', strlit()])}]",
      lambda: f"{any_(d-1)} if {B(d-1)}",
      lambda: f"({any_(d-1)})|default({any_(0)}{C(['', ', true', ', boolean=true'])})",
      lambda: f"{C(['xs','ys','mx','em'])}.{C(['index(1)','count(%s)' % any_(0),'append(1)','pop()','copy()','index(%s)' % any_(0)])}",
      lambda: f"strftime_now({C(['%Y-%m-%d','%d %b %Y','%A %B %-d %H:%M:%S %p %j %%','%y%m%e','%I %Z%z','%U %W %V %G %u %w','%c|%x|%X','%D %F %T %R'])!r})",
      lambda: f"({any_(d-1)} {C(['+','-','*','/','//','%','**'])} {any_(d-1)})" if P(.5) else f"({C([I,F,lambda d: 'true'])(0)} {C(['+','-','*','/','//','%'])} {C([I,F,lambda d:'true'])(0)})",
      lambda: f"{any_(d-1)}|{C(['length','list','first','string','upper','abs','round','sort','int','float','items','tojson','e','reverse','sum','trim'])}",
      lambda: f"{C(NAMES['undef'])}.x" if P(.3) else C(NAMES["undef"]),
      lambda: f"raise_exception({any_(0)})" if P(.2) else "joiner('|')()",
      lambda: f"{C(['s','xs','dd','n','f','nn','t'])}.{C(['__class__','x','mro','copy'])}" if P(.3) else "n",
      lambda: f"-{any_(0)}" if P(.4) else f"{C(['1 + 2 * 3','2 ** 3 ** 2','-2 ** 2','1 - 2 - 3','10 // 3 % 2','not 1 == 2','1 < 2 and 2 < 3 or false','1 ~ 2 + 3','1 + 2 ~ 3 * 2','-n|abs','2 * -3','not not t','1 == 1 in [true]','s.upper()|lower ~ 1','n is odd and not z','1 in [1] == true','n if t else z if z else 3','3 - -2','1 if 0 if 1 else 2 else 3','s is string is true' if P(.1) else '5 is divisibleby 2 or 1', 'n is divisibleby 7 ~ 1', '-5 // 2', '-5 % 3', '5 % -3', '5.5 // -2', '-5.5 % 2', '7 / 2', '6 / 2', '1e16', '1e15 + 0.5', '0.1 + 0.2', '1/3', '2 ** -1', '0 ** 0', '(-8) ** 2', '2 ** 0.5', '10 ** 20', '9007199254740993 + 0.0', '1 == 1.0', 'true == 1', 'true + true', '1 < 1.5', '10 ** 20 > 1e19', 's[0] is upper', 'x is defined'])}",
     ])()
    return X(R.choices(TYPES, [6,4,2,3,5,3,.5,.3])[0], d)

# statements
def ws(): return C(["","","","","-","-","+"])
def tag(body):
    return "{%" + ws() + " " + body + " " + C(["","","","","-","-","+"]) + "%}"
def data():
    return C(["a","  ","\n","\n  ","x\n","  y","|\n\n","<b>","é😀","\t\n","{ % }","  \n  z"," \n", "", "", "\r\n", "} }", "#", "{'"])
def out(d): return "{{" + C(["","","","-"]) + " " + any_(d) + " " + C(["","","","-"]) + "}}"
def block(d, n=3, loop=False):
    return "".join(data() + stmt(d, loop) for _ in range(R.randrange(1, n))) + data()
def stmt(d, loop=False):
    if d <= 0: return out(2)
    k = R.randrange(34)
    v = C(["v","v2","s","xs","n"])
    if k < 8: return out(3)
    if k < 11:
        r = tag("if " + B(2)) + block(d-1, loop=loop)
        if P(.4): r += tag("elif " + B(2)) + block(d-1, loop=loop)
        if P(.5): r += tag("else") + block(d-1, loop=loop)
        return r + tag("endif")
    if k < 18:
        tg, it = C([("x", L(2)), ("x", C(NAMES["list"])), ("k, v", C(["dd.items()","dd|dictsort","rows[0].items()","[(1, 2), (3, 4)]", L(2)])), ("m", "messages"), ("x", S(1)), ("x", any_(1)), ("(a, b), c", "[((1, 2), 3)]"), ("x", "range(3)"), ("k", "dd")])
        body = block(d-1, loop=True)
        x = C(["{{ x }}","{{ loop.index }}","{{ loop.first }}{{ loop.last }}","{{ loop.revindex0 }}/{{ loop.length }}","{{ loop.previtem }}","{{ loop.nextitem|default('-') }}","{{ loop.cycle('a', 'b') }}","{{ loop.changed(x) }}","{{ m.role }}","{{ k }}={{ v }}","{{ loop.index0 }}{{ loop.depth }}{{ loop.depth0 }}","{% if loop.first %}{% continue %}{% endif %}","{% if loop.index == 2 %}{% break %}{% endif %}","{% set v = x %}{{ v }}","{% set ns.c = ns.c + 1 %}","{{ loop }}","{{ loop.nope }}", "{{ loop.previtem is defined }}", "{% set s = s ~ 'x' %}{{ s }}", "{{ x.n }}"])
        cond = C([""]*4 + [" if x", " if loop.index > 1" if P(.1) else " if x is string", " if x is not none", " if m.role != 'system'", " if x in xs"])
        r = tag("for " + tg + " in " + it + cond) + x + body
        if P(.25): r += tag("else") + block(d-1)
        return r + tag("endfor")
    if k < 20: return tag(f"set {v} = {any_(2)}")
    if k == 20: return tag("set v, v2 = " + C(["1, 2","(1, 2)","xs","'ab'","[1]",any_(1)]))
    if k == 21: return tag("set v" + C(["","|upper","|trim|length","|replace('a', 'b')"," | indent(2)"])) + block(d-1) + tag("endset") + "{{ v }}"
    if k == 22: return tag("set ns = namespace(c=0, l=[], " + C(["a=1","**dd","b=s"]) + ")") + tag(C(["set ns.c = ns.c + 1","set ns.l = ns.l + [n]","set ns.q = s","set dd.a = 1" if P(.2) else "set ns.c = 5", "set ns.a, ns.b = 1, 2"])) + "{{ ns.c }}{{ ns.l }}{{ ns.q }}{{ ns.a }}"
    if k < 26:
        sig, calls = C([("m()", ["m()","m(1)","m(a=1)"]), ("m(a, b=2)", ["m(1)","m(1, 3)","m(b=1, a=2)","m()","m(1, 2, 3)","m(*[1, 2])","m(**{'a': 5})","m(1, c=2)", "m(1, a=2)"]), ("m(a='x', b=a)", ["m()","m('y')","m(b=1)"]), ("m(a=s, *b)" if P(.1) else "m(s)", ["m(1)"])])
        body = C(["{{ a }}{{ b }}","{{ varargs }}{{ kwargs }}","{{ a }}{{ kwargs }}","{{ varargs|join(',') }}","{{ caller() }}","{{ caller('p') if caller else '-' }}","{{ s }}{{ v }}","{% if a %}{{ m(false) }}{% endif %}", "{{ m.name }}{{ m.arguments }}{{ m.catch_varargs }}{{ m.catch_kwargs }}{{ m.caller }}", "{{ caller is defined }}"])
        r = tag("macro " + sig) + body + (block(d-1) if P(.5) else "") + tag("endmacro")
        for _ in range(R.randrange(1, 3)):
            r += "{{ " + C(calls) + C(["","|upper","|length"," ~ 'x'"," is string"]) + " }}" if P(.7) else tag("call" + C([" ","(p) "," "]) + C(calls)) + C(["{{ p }}","body","{{ n }}{{ s }}"]) + tag("endcall")
        return r
    if k == 26: return tag("filter " + C(["upper","trim","indent(2)","replace('a', 'o')","upper|lower","length","tojson","e","safe", "title"])) + block(d-1) + tag("endfilter")
    if k == 27: return tag("with " + C(["v = 1","v = s, v2 = n","s = n, v = s","v2 = v",""])) + "{{ v }}{{ v2 }}{{ s }}" + block(d-1) + tag("endwith")
    if k == 28: return tag("raw") .replace("+", "") + C(["{{ x }}","{% if %}"," a \n","{# c #}"]) + tag("endraw")
    if k == 29: return "{#" + ws() + " c {{ x }} " + ws() + "#}"
    if k == 30: return tag("generation") + block(d-1) + tag("endgeneration")
    if k == 31: return C(["{% break %}","{% continue %}"]) if loop else tag("for i in tree recursive") + "{{ i.v }}{{ loop.depth }}" + C(["({{ loop(i.c) }})","{{ loop(i.c) if i.c }}","{% if i.c %}[{{ loop(i.c)|upper }}]{% endif %}"]) + tag("endfor")
    if k == 32: return "{% set x %}" + data() + "{% endset %}" + "{{ x|safe " + C(["+ '<'","~ '<b>'","|e","* 2","|upper + '&'","% '<'",".join(['<', '>'])",".replace('a', '<')","|string + '<'","[0:1] + '<'",".format('<')",".split()[0] if x.split() else ''","|trim + '<'","== 'a'", "|indent + '<'", "|tojson", "|length", ".lower() + '<'", "|replace('a','<')", "|list", "|string", "|e"]) + " }}"
    return "{{ " + C(["cycler('a','b').next()","namespace(a=1).a","namespace({'a': 2}).a","range(3)","range(1, 10, 2)","dd.items()","dd.keys()","dd.values()","dict(a=1)","joiner()","s.__class__","loop","xs.append(3)","dd.update({})","''.__class__.__mro__","caller","varargs", "dd|items", "range(5)|last", "range(3)[1]", "range(3) == range(3)", "dd.keys() == ['b']", "'a' in dd.keys()", "dd.items()|list|first|last", "(1,) + (2,)", "[1] + (2,)", "{}|length", "{'a': {'b': [1, (2, 3)]}}", "[undefined_thing]", "[nope, none]", "nope == none", "nope == undefined_b", "nope ~ 'x'", "nope + 'x'", "nope|length", "nope|upper", "nope|int", "nope|list", "nope|join", "nope in xs", "'a' in nope", "nope < 1", "-nope", "nope|tojson", "nope|default|length", "nope.a is defined", "dd.a.b is defined", "dd.a.b.c is defined", "nope|float", "nope|first", "nope|sort", "nope|abs", "nope|string", "nope|e", "nope()", "dd()", "s()", "n.x", "nn.x", "nn[0]", "n[0]", "s.x", "xs.x", "s['upper']()", "dd['keys']()|list", "xs[1.5]", "s[none]", "xs['0']", "xs['count'](1)", "xs.0", "messages.0.role", "dd.1", "(1, 2).0"]) + " }}"

BREAKS = ["{{ 1 + }}","{{ (1 }}","{{ [1 }}","{% if %}x{% endif %}","{% if 1 %}","{% for x %}{% endfor %}","{% endfor %}","{% nope %}","{{ 'abc }}","{# x","{% raw %}","{{ 1 2 }}","{{ a.b. }}","{{ a| }}","{{ x is }}","{{ }}","{% set %}","{% set x 1 %}","{{ {'a' 1} }}","{{ f(a=1, 2) }}","{% macro %}{% endmacro %}","{% macro f(a=1, b) %}{% endmacro %}","{{ ! }}","{{ a ? b }}","{{ x if }}","{% for x in y if %}{% endfor %}","{{ a[1 }}","{{ a[] }}","{{ 1..2 }}","{{ 'a'|nosuch }}","{{ 1 is nosuch }}","{% break %}","{% else %}","{% set none = 1 %}","{% set 1 = 2 %}","{{ true = 1 }}","{{ a = 1 }}","{% if 1 %}{{ 1|nosuch }}{% endif %}","{% if 0 %}{{ 1|nosuch }}{% endif %}","{{ (1|nosuch) if 0 else 2 }}","{{ 1 is nosuch or 1 }}","{% for x in [] %}{{ 1|nosuch }}{% endfor %}","{{ 1 and 1|nosuch }}","{% macro m() %}{{ 1|nosuch }}{% endmacro %}","{{ f(**a, b) }}","{{ f(*a, b) }}","{{ f(*a, *b) }}","{{ f(**a, c=1) }}","{{ f(a=1, a=2) }}","{{ 0777 }}","{{ 1__0 }}","{{ 1e }}","{{ \"\\x4\" }}","{{ \"\\u12\" }}","{{ '\\N{BULLET}' }}","{{ '\\N{nope}' }}","{{ 1.e3 }}","{{ .5 }}","{{ 5. }}","{{ a;b }}","{{ a:b }}","{{ ~1 }}","{{ not }}","{{ x not y }}","{{ not x in y }}","{{ **a }}","{{ [*a] }}","{{ 1 if 1 else }}","{% call 1 %}{% endcall %}","{% call f %}{% endcall %}","{% filter %}{% endfilter %}","{% with a %}{% endwith %}","{% set x.y.z = 1 %}","{% for loop in [1] %}{% endfor %}","{% for a.b in [1] %}{% endfor %}","{{ x.1.2 }}","{% print 1 %}","{% print 1, 2 %}","{{ 1, 2 }}","{{ (1, ) }}","{% do 1 %}","{{ a[1:2, 3] }}","{{ a[1, 2] }}","{{ a[:,] }}","{% endif %}","{%- -%}","{{- -}}","{%+ if 1 +%}x{%+ endif +%}","{{+ 1 }}","{{ 1 +}}","{% if 1 %}x{% else %}y{% else %}z{% endif %}","{% if 1 %}x{% endfor %}",  "{{ _('x') }}", "{{ lipsum }}" if 0 else "{{ 1 }}", "{{ 1|round(1, 'nope') }}", "{{ s|truncate(2) }}", "{{ xs|map|list }}", "{{ xs|selectattr|list }}", "{{ 'x'|attr }}", "{{ 's'|replace('a') }}", "{{ s|upper(1) }}", "{{ 1|tojson(2,3,4,5,6) }}", "{{ s.upper(1) }}", "{{ s.split(1) }}", "{{ s.join(1) }}", "{{ s.replace('a') }}", "{{ range() }}", "{{ range('a') }}", "{{ range(1,2,0) }}", "{{ s.startswith(1) }}", "{{ dd.get() }}", "{{ dd.items(1) }}", "{{ raise_exception() }}", "{{ strftime_now() }}", "{{ strftime_now(1) }}", "{{ namespace(1) }}", "{{ dict(1) }}", "{{ xs.index(99) }}", "{{ s.index('zz') }}", "{{ 1/0 }}", "{{ 1//0 }}", "{{ 1%0 }}", "{{ 1.0/0 }}", "{{ 1.0//0 }}", "{{ 1.0%0 }}", "{{ 0 ** -1 }}", "{{ s % (1, 2) }}", "{{ '%d' % s }}", "{{ '%q' % 1 }}", "{{ '%' % 1 }}", "{{ [1] < ['a'] }}", "{{ {} < {} }}", "{{ none < 1 }}", "{{ 1 in 2 }}", "{{ 1 in 'a' }}", "{{ {[]: 1} }}", "{{ {}[[]] }}", "{{ xs|sum('a') }}", "{{ ys|sum }}", "{{ mx|sort }}", "{{ mx|max }}", "{{ 's'|abs }}", "{{ 's'|round }}", "{{ xs|dictsort }}", "{{ n|list }}", "{{ n|length }}", "{{ n|first }}", "{{ n|join }}", "{{ n|reverse }}", "{{ n|items }}", "{% for a, b in xs %}{% endfor %}", "{% for x in n %}{% endfor %}", "{% set a, b = xs %}", "{% macro m() %}{{ loop.index }}{% endmacro %}{% for x in xs %}{{ m() }}{% endfor %}"]

def template():
    if P(.03): return data() + C(BREAKS) + data()
    if P(.35): return out(R.randrange(1, 5))
    t = block(R.randrange(1, 4), 4)
    if P(.02) and len(t) > 3:
        i = R.randrange(len(t)); t = t[:i] + C(["", "{", "}", "%", "'", "(", "|", " ", "-", "."]) + t[i+1:]
    if P(.2): t += "\n"
    return t

class Slow(BaseException): pass
def alarm(*_): raise Slow()
signal.signal(signal.SIGALRM, alarm)
def clean(t): 
    try: t.encode("utf-8"); return True
    except UnicodeEncodeError: return False
def case(t, data=DATA):
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        r = {"t": t, "r": ENV.from_string(t).render(**data)}
        text = r["r"]
    except Slow: return None
    except (RecursionError, MemoryError): return None
    except Exception as e:
        text = str(e)
        r = {"t": t, "k": type(e).__name__, "m": text}
    finally: signal.setitimer(signal.ITIMER_REAL, 0)
    if " at 0x" in text.lower() or "built-in method" in text.lower() or "j)" in text or len(text) > 20000 or not clean(text) or not clean(t): return None
    if any(b in text for b in ("Object of type generator is not", "<Template", "lipsum")): return None
    return r

if __name__ == "__main__":
    n, seed, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    R.seed(seed)
    seen = set()
    with open(path, "w") as f:
        python = sys.version.split()[0]
        f.write(f"# jinja2 {jinja2.__version__}, markupsafe {markupsafe.__version__}, Python {python}, seed {seed}\n")
        f.write(json.dumps({"data": DATA}) + "\n")
        for each in dict.fromkeys(BREAKS):
            c = case(each)
            if c: f.write(json.dumps(c) + "\n")
        while len(seen) < n:
            t = template()
            if t in seen or len(t) > 200: continue
            c = case(t)
            if c is None or ("k" in c and R.random() < .5): continue
            seen.add(t)
            f.write(json.dumps(c) + "\n")
