import AuspexRunbooks
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(1))) struct RunMailboxTests {
    @Test("what is taken is heard, and what is refused is not")
    func refusal() async {
        let mailbox = RunMailbox()
        var taken = 0
        while mailbox.send(.cancel(by: "ann", reason: "\(taken)")) { taken += 1 }
        #expect(taken == RunMailbox.capacity)
        mailbox.close()
        var heard = 0
        for await _ in mailbox.messages { heard += 1 }
        #expect(heard == taken)
    }

    @Test("what a run waits for gets in, however many people talk to it")
    func postsAreKept() async {
        let mailbox = RunMailbox()
        while mailbox.send(.pause) {}
        for generation in 1...100 { mailbox.post(.timer(.poll(lane: ""), generation: generation)) }
        mailbox.close()
        let timers = await mailbox.messages.reduce(into: 0) { count, message in
            if case .timer = message { count += 1 }
        }
        #expect(timers == 100)
    }

    @Test("a message that was heard makes room for another")
    func room() async {
        let mailbox = RunMailbox()
        while mailbox.send(.pause) {}
        var messages = mailbox.messages.makeAsyncIterator()
        _ = await messages.next()
        #expect(mailbox.send(.pause))
        #expect(!mailbox.send(.pause))
    }

    @Test("a run that is over takes nothing")
    func closed() async {
        let mailbox = RunMailbox()
        mailbox.close()
        #expect(!mailbox.send(.pause))
    }
}
