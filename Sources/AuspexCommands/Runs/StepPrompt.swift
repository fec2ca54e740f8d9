import AuspexActions
import AuspexRunbooks
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks at the terminal, or reads the answers from a script at standard input, before each step of a run.
///
/// A class because those who ask, one after the other, share the terminal.
final class StepPrompt: StepGate {
    private struct State {
        var isStopped = false
        var withdrawn: Set<SteppedAct> = []
        var asked: SteppedAct?
    }

    private let input = TerminalInput()
    private let turns = Turns()
    private let state = Mutex(State())
    /// Whether a person types, who sees what they type; what a script says is repeated.
    private let isTyped = isatty(STDIN_FILENO) != 0

    func mayBegin(_ act: SteppedAct, words: [StepWord]) async -> StepWord {
        await ask(act, words, "next: \(act.path): \(act.summary) [effect \(act.effect.rawValue)]")
    }

    func hasFailed(_ act: SteppedAct, _ result: OperationResult, words: [StepWord]) async -> StepWord {
        await ask(act, words, "failed: \(act.path): \(result.reason)")
    }

    func withdraw(_ act: SteppedAct) {
        let isAsked = state.withLock { state in
            state.withdrawn.insert(act)
            return state.asked == act
        }
        if isAsked { input.withdraw() }
    }

    /// Asks nothing any more: the run has been stopped, and what it does at the end needs no word.
    func stop() {
        state.withLock { $0.isStopped = true }
        input.withdraw()
    }

    /// Asks what became of a step whose outcome nobody knows.
    ///
    /// - Returns: nil to leave the question open.
    func decision(on question: String) async -> Decision? {
        await turns.take {
            Terminal.note("question: \(PlainText.line(question))")
            let decisions = Decision.allCases.map { ($0.rawValue, $0.meaning) }
            let leave = [("leave", "end here; the run stays open")]
            let answer = await choice(among: decisions + leave) { !self.state.withLock { $0.isStopped } }
            return answer.flatMap(Decision.init)
        }
    }

    // MARK: - Asking

    private func ask(_ act: SteppedAct, _ words: [StepWord], _ text: String) async -> StepWord {
        await turns.take {
            let needless = state.withLock { state -> StepWord? in
                if state.isStopped {
                    return !words.contains(.step) ? .proceed : act.belongsToEnd ? .step : .abort
                }
                if state.withdrawn.contains(act) { return .abort }
                state.asked = act
                return nil
            }
            if let needless { return needless }
            defer { state.withLock { $0.asked = nil } }
            Terminal.note(PlainText.line(text))
            let answer = await choice(among: words.map { ($0.rawValue, $0.meaning) }) {
                !self.state.withLock { $0.isStopped || $0.withdrawn.contains(act) }
            }
            // No answer is no consent.
            let word = answer.flatMap(StepWord.init) ?? .abort
            if word == .abort { state.withLock { $0.isStopped = true } }
            return word
        }
    }

    /// One of the words, by itself or its first letters where these are no other's.
    ///
    /// - Returns: nil at the end of the input, or when the question is withdrawn.
    private func choice(
        among choices: [(word: String, meaning: String)], while isWanted: () -> Bool
    ) async -> String? {
        Terminal.note(aligned(choices.map { ["  " + $0.word, $0.meaning] }))
        while true {
            Terminal.ask("> ")
            switch await input.next(while: isWanted) {
            case .line(let line):
                let given = line.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }.lowercased()
                if !isTyped { Terminal.note(PlainText.line(given)) }
                let meant = choices.map(\.word).filter { !given.isEmpty && $0.hasPrefix(given) }
                if let word = meant.first(where: { $0 == given }) ?? (meant.count == 1 ? meant.first : nil) {
                    return word
                }
                let words = meant.isEmpty ? choices.map(\.word) : meant
                let verb = meant.isEmpty ? "is none of" : "may mean"
                Terminal.note("'\(PlainText.line(given))' \(verb) \(words.joined(separator: ", "))")
            case .end:
                Terminal.note("the input has ended")
                return nil
            case .withdrawn:
                Terminal.note("")
                return nil
            }
        }
    }
}

extension StepWord {
    /// What happens then.
    fileprivate var meaning: String {
        switch self {
        case .step: "do it"
        case .skip: "leave it out and go on; the journal says so"
        case .retry: "do it again, under the same idempotency key"
        case .proceed: "go on as the runbook says for a failure"
        case .abort: "stop the run; its end steps are still done"
        }
    }
}

extension Decision {
    /// What it says.
    var meaning: String {
        switch self {
        case .done: "it happened, or it holds: go on"
        case .runAgain: "it did not happen: do it again, or look again"
        case .giveUp: "the run has failed"
        }
    }
}

/// Lets those who want something take turns.
private actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Does `body` when it is its turn.
    nonisolated func take<Result: Sendable>(_ body: () async -> Result) async -> Result {
        await enter()
        let result = await body()
        await leave()
        return result
    }

    private func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
