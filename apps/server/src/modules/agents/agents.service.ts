/**
 * Own service channel (专属客服通道, C03-SCN-08): who has the right to an own agent is membership's word; which agent it is, who
 * answers while they are away, and the queue it opens are decided here, per shop.
 */
import type { ServiceChannel, ServiceShops } from '@xiaopu/contracts';
import type { AgentMembers, SaveAgent, SaveServiceDesk, ServiceDesk } from '@xiaopu/contracts/console';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type Agent, answererOf, pickAgent, sessionOf } from './agents.domain.ts';
import * as errors from './agents.errors.ts';
import * as repository from './agents.repository.ts';

export interface AgentsDeps {
  clock: Clock;
  /** null: no own agent for this member now. */
  rightOf(db: Executor, buyerId: string): Promise<{ isConcierge: boolean } | null>;
  /** Shops the member bought in or was scanned by. */
  shopsOf(db: Executor, buyerId: string): Promise<string[]>;
  isPatron(db: Executor, shopId: string, buyerId: string): Promise<boolean>;
  shops(db: Executor, shopIds: readonly string[]): Promise<Map<string, { name: string; servicePhone: string }>>;
  /** Who works for the shop: id → name. */
  teamOf(db: Executor, shopId: string): Promise<Map<string, string>>;
  faces(
    db: Executor,
    buyerIds: readonly string[],
  ): Promise<Map<string, { nickname: string; maskedPhone: string | null }>>;
}
export type Agents = ReturnType<typeof createAgents>;

const checkEveryMs = dayMs;
const checkedAtOnce = 100;

export function createAgents({ clock, rightOf, shopsOf, isPatron, shops, teamOf, faces }: AgentsDeps) {
  async function agentsOf(db: Executor, shopId: string): Promise<Agent[]> {
    const team = await teamOf(db, shopId);
    return (await repository.listAgents(db, shopId)).map((agent) => ({ ...agent, isGone: !team.has(agent.staffId) }));
  }
  async function needAgent(db: Executor, shopId: string, staffId: string): Promise<Agent> {
    const agent = (await agentsOf(db, shopId)).find((one) => one.staffId === staffId);
    if (!agent) throw errors.agentNotFound();
    return agent;
  }

  /** The agent the member has; given one now if they had none. Two first openings at once wait for each other at the desk. */
  async function ownAgent(tx: Tx, buyerId: string, shopId: string): Promise<{ own?: Agent; agents: Agent[] }> {
    const known = await repository.findAssignment(tx, buyerId, shopId);
    if (!known && !(await repository.lockDesk(tx, shopId))) return { agents: [] };
    const assignment = known ?? (await repository.findAssignment(tx, buyerId, shopId));
    const agents = await agentsOf(tx, shopId);
    if (assignment) {
      const own = agents.find(({ staffId }) => staffId === assignment.staffId);
      return own ? { own, agents } : { agents };
    }
    const own = pickAgent(agents);
    if (own) await repository.assign(tx, { buyerId, shopId, staffId: own.staffId, givenBy: '', at: clock.now() });
    return own ? { own, agents } : { agents };
  }

  return {
    /** How this shopper reaches the shop now; the first time it gives whoever has the right an agent. */
    async open(tx: Tx, buyerId: string, shopId: string): Promise<ServiceChannel> {
      const shop = (await shops(tx, [shopId])).get(shopId);
      if (!shop) throw errors.shopNotFound();
      const right = await rightOf(tx, buyerId);
      const { own, agents } = right ? await ownAgent(tx, buyerId, shopId) : { own: undefined, agents: [] };
      const answerer = own && answererOf(agents, own);
      const desk = await repository.findDesk(tx, shopId);
      const url = answerer?.chatUrl || desk?.chatUrl || '';
      const isAway = own !== undefined && answerer?.staffId !== own.staffId;
      return {
        shopId,
        shopName: shop.name,
        agent: own && right ? { name: own.name, isConcierge: right.isConcierge, isAway } : null,
        coveredBy: isAway ? (answerer?.name ?? null) : null,
        chat: desk?.corpId && url ? { corpId: desk.corpId, url } : null,
        sessionFrom: sessionOf(own, answerer, right?.isConcierge ?? false),
        phone: shop.servicePhone,
        hours: desk?.hours ?? '',
      };
    },

    /** Where a member may open a channel: the shops they know, their agent's name where they have one. */
    async shopsFor(db: Executor, buyerId: string): Promise<ServiceShops> {
      const known = await shops(db, await shopsOf(db, buyerId));
      const names = new Map((await repository.namesOf(db, [buyerId])).map(({ shopId, name }) => [shopId, name]));
      return {
        shops: [...known].map(([shopId, { name }]) => ({ shopId, name, agentName: names.get(shopId) ?? null })),
      };
    },

    /** @returns buyer → the name of who looks after them, in this shop or, without one, wherever they were given last */
    async namesOf(db: Executor, buyerIds: readonly string[], shopId?: string): Promise<Map<string, string>> {
      if (buyerIds.length === 0) return new Map();
      return new Map((await repository.namesOf(db, buyerIds, shopId)).map(({ buyerId, name }) => [buyerId, name]));
    },

    async desk(db: Executor, shopId: string, staffId: string): Promise<ServiceDesk> {
      const { corpId = '', chatUrl = '', hours = '' } = (await repository.findDesk(db, shopId)) ?? {};
      const agents = await agentsOf(db, shopId);
      const taken = new Set(agents.map((agent) => agent.staffId));
      const team = await teamOf(db, shopId);
      return {
        desk: { corpId, chatUrl, hours },
        agents: agents.map(({ staffId: id, name, chatUrl: url, capacity, load, isAway, isGone }) => ({
          ...{ staffId: id, name, chatUrl: url, capacity, load, isAway, isGone },
        })),
        candidates: [...team].filter(([id]) => !taken.has(id)).map(([id, name]) => ({ staffId: id, name })),
        me: taken.has(staffId) ? staffId : null,
      };
    },
    saveDesk: (tx: Tx, shopId: string, desk: SaveServiceDesk) => repository.saveDesk(tx, shopId, desk),

    async saveAgent(tx: Tx, shopId: string, staffId: string, agent: SaveAgent): Promise<void> {
      if (!(await teamOf(tx, shopId)).has(staffId)) throw errors.agentGone();
      await repository.ensureDesk(tx, shopId);
      await repository.saveAgent(tx, { shopId, staffId, since: clock.now() }, agent);
    },
    /** Only whoever looks after nobody can go. */
    async removeAgent(tx: Tx, shopId: string, staffId: string): Promise<void> {
      await repository.lockDesk(tx, shopId);
      const { load } = await needAgent(tx, shopId, staffId);
      if (load > 0) throw errors.agentHasMembers();
      await repository.removeAgent(tx, shopId, staffId);
    },
    async setAway(
      tx: Tx,
      { shopId, staffId: by, mayManage }: { shopId: string; staffId: string; mayManage: boolean },
      staffId: string,
      isAway: boolean,
    ): Promise<void> {
      if (by !== staffId && !mayManage) throw errors.notYourself();
      if (!(await repository.setAway(tx, shopId, staffId, isAway))) throw errors.agentNotFound();
    },
    /** Everybody one agent looks after goes to another, however full that one is: people decided it. */
    async handOver(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      from: string,
      to: string,
    ): Promise<number> {
      if (from === to) throw errors.sameAgent();
      await repository.lockDesk(tx, shopId);
      await needAgent(tx, shopId, from);
      if ((await needAgent(tx, shopId, to)).isGone) throw errors.agentGone();
      return repository.moveAll(tx, { shopId, from, to, givenBy: staffName, at: clock.now() });
    },
    /** Gives one member to an agent by hand, or takes theirs away. */
    async assign(
      tx: Tx,
      { shopId, staffName }: { shopId: string; staffName: string },
      buyerId: string,
      staffId: string | null,
    ): Promise<string> {
      if (!(await isPatron(tx, shopId, buyerId))) throw errors.memberNotFound();
      await repository.lockDesk(tx, shopId);
      if (staffId === null) {
        await repository.release(tx, buyerId, shopId);
        return '';
      }
      const agent = await needAgent(tx, shopId, staffId);
      if (agent.isGone) throw errors.agentGone();
      if (!(await rightOf(tx, buyerId))) throw errors.notEntitled();
      await repository.assign(tx, { buyerId, shopId, staffId, givenBy: staffName, at: clock.now() });
      return agent.name;
    },
    async members(
      db: Executor,
      shopId: string,
      staffId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<AgentMembers> {
      await needAgent(db, shopId, staffId);
      const range = { offset: (page - 1) * pageSize, limit: pageSize };
      const { rows, total } = await repository.membersOf(db, { shopId, staffId }, range);
      const people = await faces(
        db,
        rows.map(({ buyerId }) => buyerId),
      );
      const items = rows.map(({ buyerId, since, givenBy }) => ({
        buyerId,
        nickname: people.get(buyerId)?.nickname ?? '微信用户',
        maskedPhone: people.get(buyerId)?.maskedPhone ?? null,
        since: since.toISOString(),
        givenBy,
      }));
      return { items, total, page, pageSize };
    },

    /** Whose right is over makes room for others, a day later at most. @returns how many were looked at */
    async releaseLapsed(tx: Tx): Promise<number> {
      const now = clock.now();
      const due = await repository.takeUnchecked(tx, new Date(now.getTime() - checkEveryMs), checkedAtOnce);
      for (const { buyerId, shopId } of due) {
        if (await rightOf(tx, buyerId)) await repository.setChecked(tx, buyerId, shopId, now);
        else await repository.release(tx, buyerId, shopId);
      }
      return due.length;
    },
  };
}
