package import AuspexRunbooks
package import AuspexSignals

/// Goes by the newest repetition of an act that a person had done again (``StepWord/retry``) when an engine finds it, whether
/// or not anybody is asked any more.
package struct RepetitionPerformer: Performer {
    private let performer: any Performer

    /// Goes by the newest repetition of what `performer` finds.
    package init(_ performer: any Performer) {
        self.performer = performer
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer.perform(order, control)
    }

    package func newestRepetition(of order: OperationOrder) async -> Int {
        await performer.newestRepetition(of: order)
    }

    package func locate(_ order: OperationOrder) async -> Located {
        await performer.locate(await performer.newest(order))
    }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer.attach(await performer.newest(order), control)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        await performer.tidy(keeping: open, before: time)
    }
}

extension Performer {
    /// The newest repetition of an act, which has a number of its own; the act itself where there is none.
    func newest(_ order: OperationOrder) async -> OperationOrder {
        // The polls of a wait have numbers for themselves.
        guard order.id.poll == 0 else { return order }
        var newest = order
        newest.id.poll = await newestRepetition(of: order)
        return newest
    }
}
