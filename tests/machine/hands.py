"""Who has what in hands."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.actions import users as user_actions
from tests.machine.cases import Cases
from tests.machine.ground import JUMPS, anything, row_of, user_of
from tickets.actions import assigning
from tickets.actions.refusals import NotWaiting, OffDuty


class Hands(Cases):
    """Claims, declines, duty."""

    @rule(who=anything, jump=st.sampled_from([None, None, *JUMPS]))
    def take_next(self, who: int, jump: str | None) -> None:
        """Also right after a midnight that no sweep has seen."""
        moment, agent = self._jump(jump) if jump else self._tick(), self._agent(who)
        try:
            offer = assigning.take_next(by=user_of(agent))
        except OffDuty:
            assert not agent.is_there
            return
        self.world.pass_time(moment)
        expected = self.world.next_for(agent, moment)
        assert (offer and offer.ticket.number) == (expected and expected.number)
        if offer is not None and expected is not None and not offer.is_own:
            self._hand_over(expected, agent)

    @precondition(lambda self: self.world.cases)
    @rule(who=anything, which=anything)
    def pick(self, who: int, which: int) -> None:
        """What is due by the clock is applied before it, as before every claim."""
        moment = self._tick()
        agent, case = self._agent(who), self._case(which)
        if not agent.serves(case.team) and case.holder is not agent:
            return
        try:
            assigning.pick(ticket=row_of(case), by=user_of(agent), reason="they are on the phone")
        except OffDuty:
            assert not agent.is_there
        except NotWaiting:
            self.world.pass_time(moment)
            assert not case.is_waiting
        else:
            self.world.pass_time(moment)
            self._hand_over(case, agent)

    @precondition(lambda self: any(case.holder for case in self.world.cases.values()))
    @rule(which=anything)
    def decline(self, which: int) -> None:
        moment = self._tick()
        held = [case for case in self.world.cases.values() if case.holder]
        case = held[which % len(held)]
        assert case.holder is not None
        assigning.decline(ticket=row_of(case), by=user_of(case.holder), reason="not my field")
        case.declined.append((case.holder.name, moment))
        case.holder = case.touched_at = None

    @precondition(lambda self: any(case.holder for case in self.world.cases.values()))
    @rule(which=anything)
    def release(self, which: int) -> None:
        self._tick()
        held = [case for case in self.world.cases.values() if case.holder]
        case = held[which % len(held)]
        assigning.release(ticket=row_of(case), by=self.lead)
        case.holder = case.touched_at = None

    @rule(who=anything, is_on_duty=st.booleans())
    def go_on_or_off_duty(self, who: int, is_on_duty: bool) -> None:
        self._tick()
        agent = self._agent(who)
        user_actions.set_duty(user=user_of(agent), is_on_duty=is_on_duty, by=self.lead)
        agent.is_on_duty = is_on_duty

    @rule(who=anything, is_active=st.booleans())
    def deactivate_or_activate(self, who: int, is_active: bool) -> None:
        self._tick()
        agent = self._agent(who)
        if agent.name == "lead":
            return
        user = user_of(agent)
        user.is_active = agent.is_active = is_active
        user_actions.save(user=user, by=self.admin)
