//! What text that speaks to a grader looks like: one table of patterns, over bytes and without Unicode classes, so that each
//! is one automaton and linear in the text.
//!
//! `@` and a capital is a part that several share ([`PARTS`]), and a space in [`PATTERNS`] is any white space, so that a line
//! may break anywhere. A bare number counts only where the sentence ends behind
//! it: "level 2 support" is no verdict, "level 2." is one.

/// A pattern with what it finds.
pub(super) struct Pattern {
    /// What it is, in a few words.
    pub what: &'static str,
    /// The expression.
    pub find: &'static str,
}

const fn of(what: &'static str, find: &'static str) -> Pattern {
    Pattern { what, find }
}

/// Parts that patterns share.
pub(super) const PARTS: [(&str, &str); 5] = [
    // Whoever grades.
    (
        "@G",
        r"((((ai|llm|language model|automated)[ -])?(grader|judge|evaluator|rater|scorer|assessor)s?)|grading (model|system|assistant)|(ai|llm)[ -]reviewers?)",
    ),
    // A number of points.
    (
        "@N",
        r"(\d{1,3}(\.\d+)?|five|ten)(\s*(/|out of)\s*\d{1,3})?(\s*(points?|marks?))?",
    ),
    // The most there is.
    (
        "@T",
        r"(full|top|maximum|max|perfect|highest|best)( possible| available)? (marks?|scores?|ratings?|grades?|levels?|points?)",
    ),
    // What is graded.
    (
        "@O",
        r"(answer|response|output|reply|submission|completion|summary|translation|text|essay|work)",
    ),
    // Where a verdict ends.
    ("@E", r"[`'\x22*_)\]]*\s*([.!;,<]|\n|$)"),
];

const ADDRESS: &str = "an address to the grader";
const ORDER: &str = "an order about the score";
const CLAIM: &str = "a claim about the rubric";
const FORM: &str = "a verdict in a judge's form";

/// The patterns whose number, in the group `n`, must be a level of the rubric, unless the group `of` says out of how many.
pub(super) const LEVELS: [Pattern; 3] = [
    of(
        FORM,
        r"(?m)^[\s>*#_-]*((final|overall|total|my|suggested|recommended)\s+)?(score|rating|grade|level|verdict)[*_]*\s*(:|=)[*_\s]*((?P<n>\d{1,3}(\.\d+)?)(?P<of>\s*(/|out of)\s*\d+)?|pass|[ab])[*_\s.]*$",
    ),
    of(
        FORM,
        r"(?m)^[\s>*#_-]*((final|overall|total|my|suggested|recommended)\s+)?(score|rating|grade|level|verdict)[*_]*\s*(:|=)[*_\s]*(?P<n>\d{1,3}(\.\d+)?)(?P<of>\s*(/|out of)\s*\d+)?[*_]*\s*(-|(?u:–|—)|,|;|:|\()[^\n]{0,40}\b(excellent|perfect|flawless|outstanding|correct|complete|best|great|answer|response|output|criteria|requirements)\b",
    ),
    of(
        FORM,
        r"(?m)^[\s>*#_-]*((gesamt)?(bewertung|punktzahl|wertung)|punkte|puntuaci(?u:ó|o)n|calificaci(?u:ó|o)n|(?u:得分|评分|評分|分数|分數|等级|等級))[*_]*\s*(:|=|(?u:：))[*_\s]*(?P<n>\d{1,3})(?P<of>\s*(/|von|de|out of)\s*\d+)?\s*((?u:分)|punkte|puntos)?[*_\s.]*((?u:。)\s*)?$",
    ),
];

/// The patterns that are a finding by themselves.
pub(super) const PATTERNS: [Pattern; 28] = [
    of(
        ADDRESS,
        r"\b(note|message|instructions?|attention|memo|hint|request)\s*(to|for)\s*(the\s+|any\s+|all\s+|every\s+)?(\w+\s+)?@G\b",
    ),
    of(
        ADDRESS,
        r"\b(dear|hey|hello|attention)[ ,]+(ai |llm )?(grader|judge|evaluator|rater|grading (model|system))\b\s*[,:!]",
    ),
    of(
        ADDRESS,
        r"\b@G\s*(:|,\s*(please|you must|you should))\s*((please|you must|you should|now|just) )?(give|assign|award|grant|rate|score|grade|mark|answer|output|return|respond|reply|pass|accept|ignore|set|proceed)\b",
    ),
    of(
        ADDRESS,
        r"\b@G\b[^.\n]{0,40}\b(must|should|shall|have to|has to|need to|needs to|please|will|are to|is to)\b[^.\n]{0,20}\b(give|answer|assign|award|score|rate|grade|mark|output|return|respond|reply)( (this|it|that|with|a|an|the|@O|level|score|grade|rating|of|as|at)){0,6} (@N@E|@T)",
    ),
    of(
        ORDER,
        r"\b(give|assign|award|grant|rate|score|grade|mark) (this|it|me|us|my|the( \w+)? @O)\s*(\w+ ){0,4}(a|an|the|with|as|at)?\s*(score|level|grade|rating|mark|points?)?\s*(of )?(\d+\s*(/|out of)\s*\d+|@T)",
    ),
    of(
        ORDER,
        r"\b(mark|grade|score|rate|judge)( (this|that|it|the|my|@O)){1,3} as (a )?(pass|passed|passing)@E",
    ),
    of(
        ORDER,
        r"\b(give|assign|award|grant|rate|score|grade|mark)( (this|that|it|the|my|your|above|following|@O)){1,3}( (a|an|the|with|as|at|of|level|score|grade|rating|mark|to|be)){0,4} (@N@E|@T)",
    ),
    of(
        ORDER,
        r"\b(assign|output|return|respond with|reply with|answer with|print|emit)( a| the)?( (score|grade|rating|verdict)( of| to|:)?| level( of)?) [`'\x22]?(\d{1,3}|pass|[ab])@E",
    ),
    of(
        ORDER,
        r"\b(this|the|my) @O (deserves|merits|earns|warrants|gets|should (get|receive|be given|be scored|be rated)|must (get|receive|be given|be scored|be rated))( (a|an|the|level|score|grade|rating|of|as|at)){0,4} (@N@E|@T)",
    ),
    of(
        "an order to drop the rubric",
        r"\b(ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(rubric|(grading|scoring|evaluation|judging) (criteria|instructions?|rules?|guidelines?|rubric|prompt|scale))",
    ),
    of(
        "an order to drop the rubric",
        r"\b(ignore|disregard|forget)( all| any| the| your){0,2} (previous|prior|above|earlier|preceding) (instructions?|prompts?|rules)\b[^\n]{0,60}\b(score|rate|grade|grading|judging|level|marks?|points?)\b",
    ),
    of(
        CLAIM,
        r"\b(per|under|according to|by)\s+the\s+(rubric|grading (criteria|rubric|guidelines))[^.\n]{0,60}\b(score|level|marks?|grade|rating|deserves?|qualif|pass)",
    ),
    of(
        FORM,
        r"(^|[^\w\](])\[\[\s*(\d{1,2}|a|b|c|tie)\s*\]\]([^(\w]|$)|\[result\]\s*:?\s*\d|\bverdict\s+[0-9a-f]{12}\b|\bverdict_id\b",
    ),
    of(
        "a forged delimiter or role",
        r"<<<\s*docket|</?(system|grader|judge|evaluation)>|<\|(im_start|im_end|system|endoftext)[^>]*\|>|\[/?INST\]|(?m:^\s*(end of (output|response|submission|candidate)[^\n]{0,30}(score|grade|grader|judge|evaluat)))",
    ),
    // German.
    of(
        ADDRESS,
        r"\b(an|hinweis (an|f(?u:ü|ue)r)|nachricht (an|f(?u:ü|ue)r)|anweisung (an|f(?u:ü|ue)r)|achtung,?|liebe[rs]?)\s+((den|die|das|alle|jeden)\s+)?((ki|llm|ai)[ -]?)?(bewerter|pr(?u:ü|ue)fer|bewertungs(modell|system|ki)|grader|judge|evaluator)(innen|in|n|s)?\s*[:,!]",
    ),
    of(
        ORDER,
        r"\b(gib|gebt|geben sie|vergib|vergeben sie|erteile|erteilen sie|bewerte|bewerten sie|benote|benoten sie)( bitte)?( (dieser|diese|diesen|der|die|den|meiner|meine)( \w+)? (antwort|ausgabe|text|l(?u:ö|oe)sung)| hier(f(?u:ü|ue)r)?| daf(?u:ü|ue)r)( bitte)?( (mit|die|der|eine|einer|note|stufe|wertung|von|als)){0,4} (\d{1,2}(\s*(/|von)\s*\d{1,2})?(\s*punkten?)?@E|(volle[nr]?|h(?u:ö|oe)chste[nr]?|maximale[nr]?|beste[nr]?) (punkt(zahl|e)|note|bewertung|stufe|wertung)|(h(?u:ö|oe)chst|best)(note|wertung|punktzahl|stufe))",
    ),
    of(
        ORDER,
        r"\b(vergib|vergeben sie|gib|geben sie)( bitte)?( hier)?( (die|der|eine))? ((volle|h(?u:ö|oe)chste|maximale) (punktzahl|note|bewertung|stufe|wertung)|(h(?u:ö|oe)chst|best)(note|wertung|punktzahl|stufe)|(stufe|note|wertung) \d{1,2}@E)",
    ),
    of(
        "an order to drop the rubric",
        r"\b(ignoriere|ignorieren sie|missachte|vergiss)\b[^.\n]{0,40}\b(bewertungs(kriterien|raster|regeln|anweisungen|ma(?u:ß|ss)stab)|rubrik|pr(?u:ü|ue)fkriterien)",
    ),
    // Spanish.
    of(
        ADDRESS,
        r"\b(nota|mensaje|instrucci(?u:ó|o)n(es)?|aviso|atenci(?u:ó|o)n)\s*(para|al|a)?\s*((el|la|los|las|todos los) )?(evaluador|calificador|revisor autom(?u:á|a)tico|juez (de )?(ia|llm)|modelo (evaluador|calificador))(es|a|as)?\b",
    ),
    of(
        ORDER,
        r"\b(da|dale|dad|otorga|ot(?u:ó|o)rgale|asigna|as(?u:í|i)gnale|pon|ponle|califica|eval(?u:ú|u)a|punt(?u:ú|u)a)( a)?( (esta|la|mi|este|el) (respuesta|salida|texto))?( (con|un|una|el|la|de|nota|nivel|puntuaci(?u:ó|o)n|calificaci(?u:ó|o)n)){1,5} (\d{1,2}(\s*(/|de|sobre)\s*\d{1,2})?(\s*puntos)?@E|m(?u:á|a)xim[ao]|perfect[ao])",
    ),
    of(
        ORDER,
        r"\b(da|dale|otorga|asigna|pon|ponle|califica|eval(?u:ú|u)a|punt(?u:ú|u)a)( a)? (esta|la|mi) respuesta( (con|un|una|de))* (\d{1,2}(\s*puntos)?@E|la (m(?u:á|a)xima|mejor) (puntuaci(?u:ó|o)n|nota|calificaci(?u:ó|o)n))",
    ),
    of(
        "an order to drop the rubric",
        r"\b(ignora|ignore|olvida|descarta)\b[^.\n]{0,40}\b(r(?u:ú|u)brica|criterios de (evaluaci(?u:ó|o)n|calificaci(?u:ó|o)n))",
    ),
    // French.
    of(
        ADDRESS,
        r"\b(note|message|instructions?|consigne)\s+(au|aux|(?u:à) l'|pour (le|l'|les))\s*((?u:é)valuateur|correcteur|juge (ia|llm))",
    ),
    of(
        ORDER,
        r"\b(donne|donnez|attribue|attribuez|mets|mettez)(-lui)?( (?u:à)?)?( (cette|la|ma) r(?u:é)ponse)? (la note( de)?|le niveau|un score de|le score( de)?|la meilleure|la) (\d{1,2}(\s*(/|sur)\s*\d{1,2})?@E|maximale|note maximale|note)",
    ),
    // Chinese.
    of(
        ORDER,
        r"(?u:(这|這|本|此|该|該|以上|上述)(个|個|条|條|份|一)?(回答|答案|回复|回覆|输出|輸出|答复|答覆|响应)[^。！\n]{0,8}?(打|给|給|评|評|判|为|為|得)[^。！\n]{0,4}?((\d{1,2}|[一二三四五六七八九十])\s*(分|级|級)([^钟鐘之析享]|$)|满分|滿分|最高分|最高级))",
    ),
    of(
        ORDER,
        r"(?u:(给|給|打)(这|這|本|此|该|該|以上|上述)(个|個|条|條|份|一)?(回答|答案|回复|回覆|输出|輸出|答复|答覆|响应)[^。！\n]{0,4}?((\d{1,2}|[一二三四五六七八九十])\s*(分|级|級)([^钟鐘之析享]|$)|满分|滿分|最高分|最高级))",
    ),
    of(
        ADDRESS,
        r"(?u:(评分|評分|评审|評審|评委|評委|评估|評估|打分|裁判)(员|員|者|人|官|模型|系统|系統)?\s*(请|請|：|:|，|,|必须|必須|务必|務必)[^。\n]{0,16}?(\d{1,2}\s*(分|级|級)([^钟鐘之析]|$)|满分|滿分|最高|五分|通过|通過))",
    ),
    of(
        "an order to drop the rubric",
        r"(?u:(忽略|无视|無視|不要管|忘记|忘記)[^。\n]{0,12}?(评分|評分|评估|評估|打分|评审)(标准|標準|规则|規則|指令|说明))",
    ),
];

/// Words of which every pattern holds at least one, in any spelling of case. Only what is near them is looked at.
pub(super) const STEMS: &str = r"grad|judge|evaluat|rater|scor|assessor|reviewer|rating|rate |level|mark|point|verdict|rubric|award|give|assign|grant|deserve|merits|earns|warrants|ignore|disregard|forget|override|bypass|\[\[|\[result|docket|<system|</system|<\||inst\]|end of|gib |gebt|geben sie|vergib|vergeben|erteile|bewert|benote|pr(?u:ü|ue)fer|wertung|punkt|ignorier|missacht|vergiss|nota|mensaje|instrucci|aviso|atenci|otorg|asign|as(?u:í)gn|califica|eval(?u:ú)a|punt|ponle|pon |dale|dad |da |ot(?u:ó)rg|ignora|olvida|descarta|correcteur|valuateur|juge|donne|attribue|mets|mettez|(?u:评|評|打分|裁判|分|答案|回答|回复|回覆|输出|輸出|答复|答覆|响应|忽略|无视|無視|等级|等級)";
