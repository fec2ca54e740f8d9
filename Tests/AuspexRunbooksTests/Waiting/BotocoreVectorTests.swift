import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The waiters of AWS's command line, with botocore's own class as the oracle.
@Suite(
    "Botocore's waiters",
    .enabled(if: PublicData.here.isExpected("conformance/botocore-waiters"), "\(PublicData.hint)")
)
struct BotocoreVectorTests {
    /// One wait: what the service answers, and what came of it.
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var waiter: Waiter
        var responses: [JSONValue]
        var expected: JSONValue

        var testDescription: String { name }
        var outcome: String { expected["outcome"]?.string ?? "" }
        var attempts: Int { Int(expected["attempts"]?.int ?? -1) }
        var sleeps: [Int64] { (expected["sleeps"]?.array ?? []).compactMap(\.int) }
    }

    /// What our loop does with a vector.
    struct Course {
        var outcome = ""
        var attempts = 0
        var sleeps: [Int64] = []
        var lastMatched: Int?
        var warnings: [[String]] = []
    }

    private static let folder = "conformance/botocore-waiters/"

    private static func lines(_ name: String) -> [JSONValue] {
        ((try? TestData.lines(folder + name)) ?? []).compactMap { try? JSONValue(parsing: $0) }
    }

    private static func waiter(_ body: JSONValue, override: JSONValue? = nil) -> Waiter? {
        let acceptors = (body["acceptors"]?.array ?? []).compactMap { acceptor -> Waiter.Acceptor? in
            guard let state = acceptor["state"]?.string.flatMap(Waiter.Acceptor.State.init),
                let matcher = acceptor["matcher"]?.string.flatMap(Waiter.Acceptor.Matcher.init),
                let expected = acceptor["expected"]
            else { return nil }
            // A literal without quotes is something that JMESPath gave up and botocore's parser still takes; two of the
            // edge cases have one. Here it is written as the language has it today.
            let argument = acceptor["argument"]?.string?.replacing(/`([a-z]+)`/) { "`\"\($0.output.1)\"`" }
            return Waiter.Acceptor(state: state, matcher: matcher, argument: argument, expected: expected)
        }
        guard let delay = override?["Delay"]?.int ?? body["delay"]?.int,
            let attempts = override?["MaxAttempts"]?.int ?? body["maxAttempts"]?.int,
            acceptors.count == body["acceptors"]?.array?.count
        else { return nil }
        return Waiter(acceptors: acceptors, delay: .seconds(delay), maxAttempts: Int(attempts))
    }

    static let catalogue: [Vector] = {
        var bodies: [String: [(versions: Set<String>, body: JSONValue)]] = [:]
        for row in lines("waiters.jsonl") {
            let name = "\(row["service"]?.string ?? "").\(row["waiter"]?.string ?? "")"
            let versions = Set((row["apiVersions"]?.array ?? []).compactMap(\.string))
            bodies[name, default: []].append((versions, row))
        }
        return lines("waiter_vectors.jsonl").enumerated().compactMap { number, row in
            let name = row["waiter"]?.string ?? ""
            let versions = Set((row["apiVersions"]?.array ?? []).compactMap(\.string))
            guard let body = bodies[name]?.first(where: { $0.versions == versions })?.body,
                let waiter = waiter(body, override: row["override"]), let expected = row["expect"]
            else { return nil }
            return Vector(
                name: "\(number + 1) \(name)", waiter: waiter, responses: row["responses"]?.array ?? [],
                expected: expected)
        }
    }()

    static let edges: [Vector] = lines("edge_vectors.jsonl").compactMap { row in
        guard let waiter = row["config"].flatMap({ waiter($0) }), let expected = row["expect"] else { return nil }
        return Vector(
            name: row["name"]?.string ?? "", waiter: waiter, responses: row["responses"]?.array ?? [],
            expected: expected)
    }

    /// A response of AWS in our terms: an error is an object `Error` with a `Code`.
    private func response(_ body: JSONValue) -> Waiter.Response {
        Waiter.Response(
            body: body, status: body["ResponseMetadata"]?["HTTPStatusCode"]?.int,
            errorCode: body["Error"]?["Code"]?.string)
    }

    /// Runs the wait; the last response repeats.
    private func course(_ vector: Vector) -> Course {
        var loop = WaitLoop(vector.waiter)
        var course = Course()
        while course.outcome.isEmpty {
            loop.beginAttempt()
            let body = vector.responses[min(loop.attempts, vector.responses.count) - 1]
            switch loop.step(response(body)) {
            case .success: course.outcome = "success"
            case .failure: course.outcome = "failure"
            case .error: course.outcome = "error"
            case .exhausted: course.outcome = "exhausted"
            case .sleep(let span): course.sleeps.append(span.milliseconds / 1_000)
            }
            course.warnings.append(loop.warnings)
        }
        course.attempts = loop.attempts
        course.lastMatched = loop.lastMatched
        return course
    }

    @Test("all vectors are read")
    func allVectorsAreRead() {
        #expect(Self.catalogue.count == 2_971)
        #expect(Self.edges.count == 32)
    }

    @Test("every wait ends as botocore's does", arguments: ["success", "failure", "exhausted", "error"])
    func catalogue(outcome: String) {
        let vectors = Self.catalogue.filter { $0.outcome == outcome }
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let course = course(vector)
            #expect(course.outcome == vector.outcome, "\(vector.name)")
            #expect(course.attempts == vector.attempts, "\(vector.name)")
            #expect(course.sleeps == vector.sleeps, "\(vector.name)")
            if let first = vector.expected["firstMatchedAcceptor"]?.int, outcome == "success" || outcome == "failure" {
                #expect(course.lastMatched == Int(first), "\(vector.name)")
            }
        }
    }

    @Test("a named edge case ends as botocore's does", arguments: edges)
    func edge(vector: Vector) {
        let course = course(vector)
        #expect(course.outcome == vector.outcome)
        #expect(course.attempts == vector.attempts)
        #expect(course.sleeps == vector.sleeps)
    }

    /// On purpose unlike botocore, which lets the type error escape and kill the wait.
    @Test("a type error in an expression is a warning, and the wait goes on")
    func typeErrors() {
        let vectors = Self.catalogue.filter { $0.outcome == "jmespath_error" }
        #expect(vectors.count == 53)
        for vector in vectors {
            let course = course(vector)
            #expect(course.sleeps.starts(with: vector.sleeps), "\(vector.name): the same course up to the type error")
            #expect(course.attempts >= vector.attempts, "\(vector.name)")
            #expect(!course.warnings[vector.attempts - 1].isEmpty, "\(vector.name): the type error is told")
            #expect(course.attempts <= vector.waiter.maxAttempts, "\(vector.name)")
        }
    }
}
