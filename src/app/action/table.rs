//! The table of actions.

use super::{ActionInfo, Audience, Care, Scope};

macro_rules! actions {
    ($($name:ident $id:literal $title:literal, $short:literal
       [$($scope:ident)*] [$($key:literal)*] $hint:literal $audience:ident $care:ident;)*) => {
        /// Something a person can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $title] $name,)*
        }

        /// Every action, in the order of help and palette.
        pub const TABLE: &[ActionInfo] = &[
            $(ActionInfo {
                action: Action::$name,
                id: $id,
                title: $title,
                short: $short,
                scopes: &[$(Scope::$scope),*],
                keys: &[$($key),*],
                hint: $hint,
                audience: Audience::$audience,
                care: Care::$care,
            },)*
        ];
    };
}

actions! {
    // The form.
    Level0 "level-0" "Set level 0 (10 on scales from 1 to 10)", "level" [Ticket Differs Practice] ["0"] 0 Reviewer Free;
    Level1 "level-1" "Set level 1, or choose the first", "level" [Ticket Differs Practice Runs] ["1"] 0 Reviewer Free;
    Level2 "level-2" "Set level 2, or choose the second", "level" [Ticket Differs Practice Runs] ["2"] 0 Reviewer Free;
    Level3 "level-3" "Set level 3, or choose the third", "level" [Ticket Differs Practice Runs] ["3"] 0 Reviewer Free;
    Level4 "level-4" "Set level 4, or choose the fourth", "level" [Ticket Differs Practice Runs] ["4"] 0 Reviewer Free;
    Level5 "level-5" "Set level 5, or choose the fifth", "level" [Ticket Differs Practice Runs] ["5"] 0 Reviewer Free;
    Level6 "level-6" "Set level 6, or choose the sixth", "level" [Ticket Differs Practice Runs] ["6"] 0 Reviewer Free;
    Level7 "level-7" "Set level 7, or choose the seventh", "level" [Ticket Differs Practice Runs] ["7"] 0 Reviewer Free;
    Level8 "level-8" "Set level 8, or choose the eighth", "level" [Ticket Differs Practice Runs] ["8"] 0 Reviewer Free;
    Level9 "level-9" "Set level 9, or choose the ninth", "level" [Ticket Differs Practice Runs] ["9"] 0 Reviewer Free;
    Commit "commit" "Commit this review and go on, or go to what is missing", "commit" [Ticket Practice] ["enter" "ctrl-enter" "ctrl-j" "alt-enter"] 2 Reviewer Decides;
    KeepMine "keep" "Keep my review and go on", "keep mine" [Differs] ["enter" "ctrl-enter" "ctrl-j" "alt-enter"] 1 Reviewer Decides;
    Edit "edit" "Edit the output", "edit" [Ticket Differs Diff] ["e"] 3 Reviewer Free;
    CannotJudge "cannot-judge" "Say that this question cannot be judged, and why", "cannot judge" [Ticket Differs] ["c"] 4 Reviewer Free;
    Pass "pass" "Choose the best level", "pass" [Ticket Differs Practice] ["p"] 0 Reviewer Free;
    Fail "fail" "Choose the worst level", "fail" [Ticket Differs Practice] ["f"] 0 Reviewer Free;
    Tie "tie" "Call it a tie", "tie" [Ticket Differs Practice Runs] ["=" "t"] 0 Reviewer Free;
    LevelLeft "level-left" "Read the level below", "lower" [Ticket Differs Practice] ["left"] 0 Reviewer Free;
    LevelRight "level-right" "Read the level above", "higher" [Ticket Differs Practice] ["right"] 0 Reviewer Free;
    EraseDigit "erase-digit" "Take back the last typed digit of a number", "erase" [Ticket Differs Practice] ["ctrl-h" "backspace"] 0 Reviewer Free;
    Reveal "reveal" "Show the judge now (counts as assisted)", "show judge" [Ticket] ["b"] 9 Reviewer Decides;
    EditOutside "edit-outside" "Edit the output, or the text of the rubric, in $EDITOR", "$EDITOR" [Ticket Differs Diff Rubric] ["E"] 0 Reviewer Free;
    Disagree "disagree" "Disagree with the judge on a question, and say why", "disagree" [Ticket Differs] ["C"] 9 Reviewer Free;
    Suggest "suggest" "Ask a judge to suggest a correction of this output", "suggest" [Ticket Differs] ["S"] 0 Reviewer Free;
    NextQuote "next-quote" "To the words of the output that the judge quotes next", "next quote" [Ticket Differs] ["H"] 0 Reviewer Free;
    ShowDiff "diff" "Compare the output with my correction and the judge's suggestion, or a rubric with another version", "diff" [Ticket Differs Rubric] ["d"] 10 Reviewer Free;
    DropEdit "drop-edit" "Drop my edit of this output", "drop edit" [Ticket] [] 0 Reviewer Decides;
    // Lists and forms.
    Down "down" "Next line, question or field", "down" [FirstRun Home Queue Ticket Differs Practice Agreement Export List Mode Activity Judging Runs Gate Rubric] ["j" "down"] 0 Reviewer Free;
    Up "up" "Previous line, question or field", "up" [FirstRun Home Queue Ticket Differs Practice Agreement Export List Mode Activity Judging Runs Gate Rubric] ["k" "up"] 0 Reviewer Free;
    Top "top" "To the top", "top" [Home Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["g" "home"] 0 Reviewer Free;
    Bottom "bottom" "To the bottom", "bottom" [Home Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["G" "end"] 0 Reviewer Free;
    HalfDown "half-down" "Half a page down", "half down" [Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["ctrl-d"] 0 Reviewer Free;
    HalfUp "half-up" "Half a page up", "half up" [Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["ctrl-u"] 0 Reviewer Free;
    PageDown "page-down" "A page down", "page" [Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["pgdn" "space"] 0 Reviewer Free;
    PageUp "page-up" "A page up", "page up" [Queue Ticket Differs Practice Agreement Reader Diff Activity Runs Gate Rubric] ["pgup"] 0 Reviewer Free;
    TextDown "text-down" "Scroll the text down", "scroll" [Ticket Differs Practice Agreement Gate Reader Diff] ["J" "alt-down"] 0 Reviewer Free;
    TextUp "text-up" "Scroll the text up", "scroll up" [Ticket Differs Practice Agreement Gate Reader Diff] ["K" "alt-up"] 0 Reviewer Free;
    NextPane "next-pane" "Next pane or tab", "next pane" [Ticket Differs Practice Agreement Activity Runs Rubric] ["tab"] 12 Reviewer Free;
    PreviousPane "previous-pane" "Previous pane or tab", "previous pane" [Ticket Differs Practice Agreement Activity Runs Rubric] ["backtab"] 0 Reviewer Free;
    // The queue.
    Open "open" "Open it", "open" [Home Queue FirstRun Agreement Activity Runs Gate Rubric] ["enter"] 1 Reviewer Decides;
    TakeNext "take-next" "Take the next ticket of the plan", "next in the plan" [Home Queue] ["a"] 2 Reviewer Decides;
    OpenQueue "open-queue" "Show the tickets of this eval", "tickets" [Home] ["l" "right"] 3 Reviewer Free;
    Mark "mark" "Mark this ticket", "mark" [Queue] ["v"] 3 Reviewer Free;
    MarkAll "mark-all" "Mark every ticket shown, or none", "mark all" [Queue] ["V"] 0 Reviewer Free;
    Assign "assign" "Give the marked tickets to somebody", "assign" [Queue] ["A"] 5 Engineer Free;
    ChangeOrder "order" "Change the order", "order" [Queue Runs] ["o"] 6 Reviewer Free;
    Filter "filter" "Filter the tickets", "filter" [Queue] ["\\" "f6"] 4 Reviewer Free;
    Skip "skip" "Skip: to the end of my own queue", "skip" [Queue Ticket] ["s"] 5 Reviewer Decides;
    Defer "defer" "Put aside for everybody, with a reason", "later" [Queue Ticket] ["-" "D"] 6 Reviewer Free;
    Flag "flag" "Flag, or take the flag off", "flag" [Queue Ticket Differs] ["x"] 7 Reviewer Decides;
    FlagNote "flag-note" "Flag with a reason", "flag, why" [Queue Ticket Differs] ["X"] 0 Reviewer Free;
    Escalate "escalate" "Hand up, with a reason", "hand up" [Queue Ticket] ["!" "f8"] 0 Reviewer Free;
    Release "release" "Give the ticket back unreviewed", "release" [Queue Ticket] ["R"] 0 Reviewer Decides;
    Note "note" "Write a note", "note" [Queue Ticket Differs] ["m"] 8 Reviewer Free;
    JudgeThese "judge" "Let a judge read these tickets", "judge these" [Home Queue Ticket Differs] ["B"] 0 Reviewer Free;
    // The open ticket.
    SelectLine "select-line" "Select lines of the text, for a note or to copy", "select" [Ticket Differs] ["v"] 0 Reviewer Free;
    Find "find" "Search", "search" [Queue Ticket Differs] ["/" "f7"] 0 Reviewer Free;
    FindNext "find-next" "Next hit", "next hit" [Ticket Differs] ["n"] 0 Reviewer Free;
    FindPrevious "find-previous" "Previous hit", "previous hit" [Ticket Differs] ["N"] 0 Reviewer Free;
    Wrap "wrap" "Wrap long lines, or not", "wrap" [Ticket Differs Diff] ["w"] 0 Reviewer Free;
    Zoom "zoom" "Give the text the whole screen, or not", "zoom" [Ticket Differs] ["z"] 0 Reviewer Free;
    Raw "raw" "Show the text as logged, or rendered", "as logged" [Ticket Differs] ["o"] 0 Reviewer Free;
    Unfold "unfold" "Show or fold standing instructions", "unfold" [Ticket Differs Practice] ["F"] 0 Reviewer Free;
    FoldNode "fold" "Fold or open the JSON object or list at the top or selected", "fold" [Ticket Differs] ["h"] 0 Reviewer Free;
    Reference "reference" "Show the reference answer", "reference" [Ticket Differs] ["r"] 0 Reviewer Free;
    History "history" "Show what happened to this ticket", "history" [Queue Ticket Differs] ["i"] 0 Reviewer Free;
    Rail "rail" "Show or fold the list beside the ticket", "list" [Ticket Differs] ["l"] 0 Reviewer Free;
    // Home and first screen.
    Import "import" "Import the file found here", "import" [Home FirstRun] ["i"] 4 Engineer Free;
    Demo "demo" "Make the sample evals and open them", "sample" [Home FirstRun] ["S"] 0 Engineer Free;
    SetMode "mode" "Choose how this eval is reviewed", "mode" [Home] ["M"] 0 Engineer Free;
    ChangeReviewer "reviewer" "Review under another name", "my name" [Home FirstRun] ["n"] 0 Reviewer Free;
    GoPractice "practice" "Practise on the examples of this rubric", "practise" [Home Ticket] [] 0 Reviewer Free;
    // Agreement.
    OpenAgreement "open-agreement" "Show how far the judge and people agree", "agreement" [Home] ["A"] 5 Reviewer Free;
    NextJudge "next-judge" "The next judge", "next judge" [Agreement] ["right" "l"] 4 Reviewer Free;
    PreviousJudge "previous-judge" "The judge before", "judge before" [Agreement] ["left" "h"] 0 Reviewer Free;
    // Rubrics.
    OpenRubrics "open-rubrics" "Read and write rubrics", "rubrics" [Home] ["R"] 6 Reviewer Free;
    TryJudge "try" "Let a judge read one example now, and show everything it said", "try it" [Rubric] ["T"] 5 Reviewer Free;
    TryTicket "try-ticket" "Let a judge read this ticket now, and show everything it said", "try the judge" [Ticket Differs] ["T"] 11 Reviewer Free;
    NoteQuestion "note-question" "Make my note on this ticket a question of the rubric", "note to question" [Ticket Differs] ["Q"] 0 Reviewer Free;
    RubricNew "rubric-new" "Write a new rubric: from a sentence, a template or a draft", "new" [Rubric] ["n"] 3 Reviewer Free;
    RubricSave "rubric-save" "Save this rubric as a version", "save" [Rubric] ["s"] 2 Reviewer Decides;
    RubricAdd "rubric-add" "Add a question; on a check or an example, one of those", "add" [Rubric] ["a"] 4 Reviewer Free;
    RubricRemove "rubric-remove" "Remove this question, level text, check or example", "remove" [Rubric] ["D"] 0 Reviewer Free;
    RubricText "rubric-text" "Write the rubric as text (TOML)", "as text" [Rubric] ["t"] 6 Reviewer Free;
    RubricDrop "rubric-drop" "Drop what was changed in this rubric", "drop changes" [Rubric] ["X"] 0 Reviewer Free;
    KeepField "keep-field" "Keep what I wrote in this field", "keep" [Field] ["enter"] 1 Reviewer Free;
    // Activity.
    OpenActivity "open-activity" "Show what judges are doing", "activity" [Home] ["J"] 6 Reviewer Free;
    JobHold "job-hold" "Hold this job until it is let go on", "hold" [Activity] ["p"] 2 Engineer Decides;
    JobGoOn "job-go-on" "Let this job go on, or ask for what it left", "go on" [Activity] ["r"] 3 Engineer Decides;
    JobStop "job-stop" "Stop this job; what it has done stays", "stop" [Activity] ["c" "ctrl-x"] 4 Engineer Decides;
    // Runs.
    OpenRuns "open-runs" "Show run groups and compare their candidates", "runs" [Home] ["C"] 7 Reviewer Free;
    RunsFull "runs-full" "Show everything behind the numbers, or only the first", "everything" [Runs] ["f"] 3 Reviewer Free;
    NextCandidate "next-candidate" "The next candidate, output or point", "next candidate" [Runs Gate] ["right" "l"] 4 Reviewer Free;
    PreviousCandidate "previous-candidate" "The candidate, output or point before", "candidate before" [Runs Gate] ["left" "h"] 0 Reviewer Free;
    NextOther "next-other" "Points of the next candidate", "other candidate" [Runs] ["c"] 5 Reviewer Free;
    Names "names" "Show who wrote which output, or hide it", "who wrote it" [Runs] ["b"] 2 Reviewer Free;
    CannotTell "cannot-tell" "Say that I cannot tell which output is best", "cannot tell" [Runs] ["x"] 1 Reviewer Decides;
    SideBySide "side-by-side" "Say which output of an item is best, before any number is shown", "side by side first" [Runs] ["p"] 2 Reviewer Free;
    NextRow "next-row" "The next item of the list", "next item" [Runs] ["n"] 6 Reviewer Free;
    PreviousRow "previous-row" "The item before in the list", "item before" [Runs] ["N"] 0 Reviewer Free;
    // The gate.
    OpenGate "open-gate" "Hold the release rule against the candidates, and decide", "gate" [Home Runs] ["D"] 8 Reviewer Free;
    GateApprove "gate-approve" "Approve this candidate, with a reason", "approve" [Gate] ["a"] 2 Reviewer Free;
    GateReject "gate-reject" "Reject this candidate, with a reason", "reject" [Gate] ["x"] 3 Reviewer Free;
    GateVoid "gate-void" "Take back my decision about this candidate, with a reason", "take back" [Gate] ["w"] 5 Reviewer Free;
    GateChecks "gate-checks" "Run the checks of the rule, after reading their commands", "run checks" [Gate] ["c"] 6 Reviewer Free;
    GateAll "gate-all" "Show the evidence of every line, or of none", "all evidence" [Gate] ["f"] 7 Reviewer Free;
    GateAgain "gate-again" "Look again: read the numbers as they are now", "look again" [Gate] ["r"] 8 Reviewer Free;
    // Who shall judge.
    JudgeScope "judge-scope" "Choose which tickets it reads", "which tickets" [Judging] ["tab" "right" "l"] 2 Reviewer Free;
    JudgeScopeBack "judge-scope-back" "The choice of tickets before", "tickets before" [Judging] ["backtab" "left" "h"] 0 Reviewer Free;
    JudgeLimit "judge-limit" "Set the most it may spend", "limit" [Judging] ["m"] 3 Reviewer Free;
    JudgeAgain "judge-again" "Ask again where it gave no answer, or not", "ask again" [Judging] ["r"] 4 Engineer Free;
    TrySamples "try-samples" "Read the example once, three or five times", "readings" [Judging] ["s"] 3 Reviewer Free;
    TryAgainst "try-against" "Hold the rubric against another of its versions", "against" [Judging] ["v"] 4 Reviewer Free;
    TryProbes "try-probes" "Try as well what planted text and length alone do", "probes" [Judging] ["p"] 4 Engineer Free;
    JudgeName "judge-name" "Name another judge", "another judge" [Judging] ["n"] 5 Engineer Free;
    // Export.
    FieldLeft "field-left" "The value before", "before" [Export Rubric] ["left"] 0 Reviewer Free;
    FieldRight "field-right" "The value after", "after" [Export Rubric] ["right"] 0 Reviewer Free;
    FieldEdit "field-edit" "Change this field, or write the files", "change" [Export] ["enter"] 1 Engineer Decides;
    ExportWrite "export-write" "Write the files", "write" [Export] ["W"] 2 Engineer Decides;
    ExportOverride "export-override" "Export held-out rows all the same, with a reason", "override" [Export] ["O"] 0 Engineer Free;
    Stop "stop" "Stop the running job", "stop" [Export Home Gate] ["ctrl-x"] 0 Engineer Decides;
    // Differences.
    NextHunk "next-change" "Next change", "next" [Diff] ["n" "j" "down"] 1 Reviewer Free;
    PreviousHunk "previous-change" "Previous change", "previous" [Diff] ["N" "k" "up"] 5 Reviewer Free;
    TakeHunk "take-change" "Take this change, or put it back", "take" [Diff] ["a"] 2 Reviewer Free;
    TakeAll "take-all" "Take all changes, or put all back", "take all" [Diff] ["A"] 3 Reviewer Free;
    // Texts and dialogs.
    SaveDraft "save-draft" "Save what I wrote", "save" [Editor Note RubricText] ["ctrl-s"] 2 Reviewer Free;
    EditorCommit "editor-commit" "Commit this review and go on", "commit" [Editor] ["alt-enter" "ctrl-enter"] 3 Reviewer Decides;
    LeaveText "leave-text" "Stop writing; what I wrote stays", "done" [Editor Note Field RubricText] ["esc"] 1 Reviewer Free;
    TextUndo "text-undo" "Take back the last change of the text", "undo" [Editor Note Field RubricText] ["ctrl-z"] 4 Reviewer Free;
    TextRedo "text-redo" "Bring the change back", "redo" [Editor Note Field RubricText] ["ctrl-y"] 0 Reviewer Free;
    SelectAll "select-all" "Select the whole text", "select all" [Editor Note Field RubricText] ["ctrl-a"] 0 Reviewer Free;
    Cut "cut" "Cut the selection", "cut" [Editor Note Field RubricText] ["ctrl-x"] 0 Reviewer Free;
    MoveOutside "move-outside" "Go on writing in $EDITOR", "$EDITOR" [Editor RubricText] ["ctrl-o"] 0 Reviewer Free;
    KeepNote "keep-note" "Keep the note", "keep" [Note] ["enter"] 1 Reviewer Free;
    Accept "accept" "Run or accept it", "accept" [List Line Mode Judging] ["enter"] 1 Reviewer Decides;
    Yes "yes" "Yes", "yes" [Confirm] ["y" "enter"] 1 Reviewer Decides;
    No "no" "No", "no" [Confirm] ["n" "esc" "q"] 2 Reviewer Free;
    Close "close" "Close", "close" [List Line Mode Reader Diff Judging] ["esc"] 9 Reviewer Free;
    CloseRead "close-reading" "Close what I read", "close" [Reader Diff] ["q" "enter"] 8 Reviewer Free;
    ScrollDown "scroll-down" "Scroll down", "down" [Reader Confirm] ["j" "down"] 0 Reviewer Free;
    ScrollUp "scroll-up" "Scroll up", "up" [Reader Confirm] ["k" "up"] 0 Reviewer Free;
    // Everywhere.
    Undo "undo" "Take back my last action", "undo" [Everywhere] ["u" "ctrl-z"] 20 Reviewer Decides;
    Redo "redo" "Bring back what I took back", "redo" [Everywhere] ["U" "ctrl-y"] 0 Reviewer Decides;
    Help "help" "Show the keys of this screen", "keys" [Everywhere] ["?" "f12"] 21 Reviewer Free;
    Palette "palette" "Find any action", "anything" [Everywhere] [":" "f9"] 22 Reviewer Free;
    Instructions "instructions" "Show the instructions of this eval", "instructions" [Everywhere] ["f1"] 0 Reviewer Free;
    NextScreen "next-screen" "Next screen", "next screen" [Everywhere] ["]" "f4"] 0 Reviewer Free;
    PreviousScreen "previous-screen" "Previous screen", "previous screen" [Everywhere] ["[" "f3"] 0 Reviewer Free;
    GoHome "go-home" "Go to Home", "home" [Everywhere] [] 0 Reviewer Free;
    GoQueue "go-queue" "Go to the tickets of this eval", "tickets" [Everywhere] [] 0 Reviewer Free;
    GoAgreement "go-agreement" "Show how far the judge and people agree on this eval", "agreement" [Everywhere] [] 0 Reviewer Free;
    GoRubrics "go-rubrics" "Read and write rubrics", "rubrics" [Everywhere] [] 0 Reviewer Free;
    GoActivity "go-activity" "Show what judges are doing", "activity" [Everywhere] [] 0 Reviewer Free;
    GoRuns "go-runs" "Show run groups and compare their candidates", "runs" [Everywhere] [] 0 Reviewer Free;
    GoGate "go-gate" "Hold the release rule against the candidates, and decide", "gate" [Everywhere] [] 0 Reviewer Free;
    GoExport "go-export" "Export training data from this eval", "export" [Everywhere] [] 0 Engineer Free;
    Copy "copy" "Copy the selection or the text in focus", "copy" [Everywhere Diff Reader] ["y"] 0 Reviewer Free;
    Back "back" "Back", "back" [Everywhere] ["esc"] 0 Reviewer Free;
    Leave "leave" "Leave this screen; on Home, quit", "leave" [Everywhere] ["q"] 0 Reviewer Decides;
    Interrupt "interrupt" "Copy a selection; twice within a second, quit with drafts saved", "copy, quit" [Everywhere Editor Note Diff List Line Confirm Mode Reader Judging Field RubricText] ["ctrl-c"] 0 Reviewer Free;
    Redraw "redraw" "Draw the screen anew", "redraw" [Everywhere Editor RubricText] ["ctrl-l"] 0 Reviewer Free;
    Suspend "suspend" "Put docket in the background", "suspend" [Everywhere] [] 0 Engineer Free;
    Quit "quit" "Quit docket", "quit" [Everywhere] [] 0 Reviewer Decides;
}
