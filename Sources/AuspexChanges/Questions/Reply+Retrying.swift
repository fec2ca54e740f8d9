package import AuspexSignals

/// When a reply that has not arrived is tried again.
extension Reply {
    /// The time after the first failed attempt; it doubles with each.
    package static let firstPause = TimeSpan.seconds(2)
    /// The longest time between two attempts that the receiver has not asked for.
    package static let longestPause = TimeSpan.minutes(5)

    /// Notes that the attempt under way has failed and may succeed later.
    ///
    /// - Parameters:
    ///   - reason: What was in the way.
    ///   - wish: How long the receiver wants to be left alone; nil when it has not said.
    package mutating func fail(_ reason: String, retryAfter wish: TimeSpan?, at now: Timestamp) {
        attempts += 1
        lastError = reason
        let next = now + max(pause, wish ?? .zero)
        guard next <= deadline else {
            state = .givenUp
            lastError = "\(reason); given up after \(attempts) attempts"
            return
        }
        nextAt = next
    }

    /// Notes that the receiver has refused it for good.
    package mutating func refuse(_ reason: String) {
        attempts += 1
        lastError = reason
        state = .givenUp
    }

    /// Notes that its time was over before it could be sent.
    package mutating func expire() {
        lastError = "its time was over before it could be sent"
        state = .givenUp
    }

    /// Notes that it has arrived.
    package mutating func arrive(as remoteID: String?) {
        attempts += 1
        lastError = nil
        self.remoteID = remoteID
        state = .sent
    }

    /// Lets a person's wish try it anew, whatever has become of it, with a whole life before it.
    package mutating func reopen(at now: Timestamp) {
        state = .waiting
        nextAt = now
        deadline = now + (isProgress ? Self.progressLife : Self.answerLife)
    }

    /// Exponential, with half of it by chance, so that what failed together is not tried together. The chance is drawn from
    /// the reply and the attempt: it differs between replies, and a test knows it.
    private var pause: TimeSpan {
        let doublings = min(max(0, attempts - 1), 16)
        let whole = min(Self.firstPause.milliseconds << doublings, Self.longestPause.milliseconds)
        var hash = StableHash()
        hash.combine(id)
        hash.combine("\(attempts)")
        return TimeSpan(milliseconds: whole / 2 + Int64(hash.value % UInt64(whole / 2 + 1)))
    }
}
