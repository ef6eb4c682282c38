/** A shop's staff and roles. Nobody hands out, or lays hands on, more than they have themselves. */
import type { RoleInput, RoleList, StaffInput, StaffPage } from '@xiaopu/contracts/console';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Clock } from '#platform/clock.ts';
import { type Executor, isUniqueViolation, type Tx } from '#platform/database/database.ts';
import type { CurrentStaff } from '#platform/http/access.ts';
import { newId } from '#platform/ids.ts';
import {
  accountTaken,
  cannotGrant,
  lastOwner,
  passwordNeeded,
  permissionUnknown,
  roleBuiltIn,
  roleNameTaken,
  roleNotFound,
  sharedStaff,
  staffNotFound,
} from './identity.errors.ts';
import { hashPassword } from './identity.login.ts';
import { beyond, builtInRoles, permissionsOf, unknownPermissions } from './identity.roles.domain.ts';
import * as staffRepository from './identity.staff.repository.ts';
import type { BuiltInRole } from './identity.tables.ts';
import * as repository from './identity.team.repository.ts';

export type Team = ReturnType<typeof createTeam>;
export type Actor = CurrentStaff & { ip: string };

export function createTeam({ clock, audit }: { clock: Clock; audit: AuditTrail }) {
  const record = (
    tx: Tx,
    { staffId, name, shopId, ip }: Actor,
    action: AuditEntry['action'],
    target: string,
    summary: string,
  ) => audit(tx, { staffId, staffName: name, shopId, action, target, summary, ip });

  function refuseBeyond(actor: Actor, wanted: readonly string[]): void {
    const excess = beyond(actor.permissions, wanted);
    if (excess.length > 0) throw cannotGrant({ permissions: excess });
  }

  async function grantableRole(tx: Tx, actor: Actor, roleId: string): Promise<repository.RoleRow> {
    const role = await repository.findRole(tx, actor.shopId, roleId);
    if (!role) throw roleNotFound();
    refuseBeyond(actor, permissionsOf(role));
    return role;
  }

  async function ensureRoles(tx: Tx, shopId: string): Promise<Record<BuiltInRole, string>> {
    const roleIds = {} as Record<BuiltInRole, string>;
    for (const [builtIn, { name, permissions }] of Object.entries(builtInRoles) as [
      BuiltInRole,
      (typeof builtInRoles)['owner'],
    ][]) {
      const role = { shopId, builtIn, name, permissions: [...permissions] };
      roleIds[builtIn] = await staffRepository.ensureBuiltInRole(tx, role, clock.now());
    }
    return roleIds;
  }

  return {
    async listStaff(db: Executor, shopId: string, page: { page: number; pageSize: number }): Promise<StaffPage> {
      const { items, total } = await repository.listTeam(db, shopId, page);
      const toWire = (row: repository.TeamRow) => ({ ...row, lastLoginAt: row.lastLoginAt?.toISOString() ?? null });
      return { items: items.map(toWire), total, ...page };
    },

    async names(db: Executor, shopId: string): Promise<Map<string, string>> {
      return new Map((await repository.activeNames(db, shopId)).map(({ staffId, name }) => [staffId, name]));
    },

    async createStaff(tx: Tx, actor: Actor, input: StaffInput): Promise<void> {
      if (input.password === undefined) throw passwordNeeded();
      const role = await grantableRole(tx, actor, input.roleId);
      const staffId = newId();
      const account = input.account.toLowerCase();
      const passwordHash = await hashPassword(input.password);
      try {
        await staffRepository.insertStaff(tx, { staffId, account, name: input.name, passwordHash }, clock.now());
      } catch (error) {
        throw isUniqueViolation(error) ? accountTaken() : error;
      }
      const membership = { staffId, shopId: actor.shopId, roleId: role.roleId, isActive: input.isActive };
      await staffRepository.saveMembership(tx, membership, clock.now());
      await record(tx, actor, 'staff.create', staffId, `新增员工 ${input.name}（${account}），角色 ${role.name}`);
    },

    async updateStaff(tx: Tx, actor: Actor, staffId: string, input: StaffInput): Promise<void> {
      const { shopId } = actor;
      const member = await repository.findMember(tx, shopId, staffId);
      if (!member) throw staffNotFound();
      // Whoever could reset the password of somebody stronger would become that somebody.
      refuseBeyond(actor, permissionsOf(member));
      const role = await grantableRole(tx, actor, input.roleId);

      if (member.builtIn === 'owner' && !(role.builtIn === 'owner' && input.isActive)) {
        const owners = await repository.lockActiveOwners(tx, shopId);
        if (!owners.some((owner) => owner !== staffId)) throw lastOwner();
      }

      const account = input.account.toLowerCase();
      const changesPerson = account !== member.account || input.name !== member.name || input.password !== undefined;
      if (changesPerson) {
        // Account, name and password are the person's, also in shops this actor has no say in.
        if (staffId !== actor.staffId && (await repository.worksElsewhere(tx, staffId, shopId))) throw sharedStaff();
        const passwordHash = input.password === undefined ? {} : { passwordHash: await hashPassword(input.password) };
        try {
          await staffRepository.updateStaff(tx, staffId, { account, name: input.name, ...passwordHash });
        } catch (error) {
          throw isUniqueViolation(error) ? accountTaken() : error;
        }
        if (input.password !== undefined) await staffRepository.deleteStaffSessions(tx, staffId);
      }
      const membership = { staffId, shopId, roleId: role.roleId, isActive: input.isActive };
      await staffRepository.saveMembership(tx, membership, clock.now());
      const changes = [
        role.roleId === member.roleId ? '' : `角色改为 ${role.name}`,
        input.isActive === member.isActive ? '' : input.isActive ? '恢复在职' : '停用',
        input.password === undefined ? '' : '重设密码',
        account === member.account && input.name === member.name ? '' : '修改资料',
      ].filter(Boolean);
      await record(tx, actor, 'staff.update', staffId, `员工 ${input.name}：${changes.join('，') || '无变化'}`);
    },

    async listRoles(db: Executor, shopId: string): Promise<RoleList> {
      const rows = await repository.listRoles(db, shopId);
      return {
        roles: rows.map((row) => ({
          roleId: row.roleId,
          name: row.name,
          permissions: permissionsOf(row),
          isBuiltIn: row.builtIn !== null,
          staffCount: row.staffCount,
        })),
      };
    },

    async createRole(tx: Tx, actor: Actor, input: RoleInput): Promise<void> {
      const { name, permissions } = checkRole(actor, input);
      const roleId = newId();
      try {
        await repository.insertRole(tx, { roleId, shopId: actor.shopId, name, permissions }, clock.now());
      } catch (error) {
        throw isUniqueViolation(error) ? roleNameTaken() : error;
      }
      await record(tx, actor, 'role.create', roleId, `新增角色 ${name}`);
    },

    async updateRole(tx: Tx, actor: Actor, roleId: string, input: RoleInput): Promise<void> {
      const role = await repository.findRole(tx, actor.shopId, roleId);
      if (!role) throw roleNotFound();
      if (role.builtIn !== null) throw roleBuiltIn();
      refuseBeyond(actor, permissionsOf(role));
      const { name, permissions } = checkRole(actor, input);
      try {
        await repository.updateRole(tx, { shopId: actor.shopId, roleId, name, permissions });
      } catch (error) {
        throw isUniqueViolation(error) ? roleNameTaken() : error;
      }
      await record(tx, actor, 'role.update', roleId, `修改角色 ${name}`);
    },

    /** The five built-in roles of a shop; running again changes nothing. */
    ensureRoles,

    /** For seeds and a first set-up: an account with a built-in role in each shop; an existing account keeps its password. */
    async ensureStaff(
      tx: Tx,
      person: { account: string; name: string; password: string; role: BuiltInRole; shopIds: readonly string[] },
    ): Promise<string> {
      const known = await staffRepository.findStaffByAccount(tx, person.account);
      const staffId = known?.staffId ?? newId();
      if (!known) {
        const { account, name } = person;
        const passwordHash = await hashPassword(person.password);
        await staffRepository.insertStaff(tx, { staffId, account, name, passwordHash }, clock.now());
      }
      for (const shopId of person.shopIds) {
        const roleIds = await ensureRoles(tx, shopId);
        const membership = { staffId, shopId, roleId: roleIds[person.role], isActive: true };
        await staffRepository.saveMembership(tx, membership, clock.now());
      }
      return staffId;
    },
  };

  function checkRole(actor: Actor, { name, permissions }: RoleInput): { name: string; permissions: string[] } {
    const unknown = unknownPermissions(permissions);
    if (unknown.length > 0) throw permissionUnknown({ permissions: unknown });
    refuseBeyond(actor, permissions);
    return { name: name.trim(), permissions: [...new Set(permissions)].sort() };
  }
}
